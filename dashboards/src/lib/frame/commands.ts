import BellRing from "@lucide/svelte/icons/bell-ring";
import Contrast from "@lucide/svelte/icons/contrast";
import Keyboard from "@lucide/svelte/icons/keyboard";
import Languages from "@lucide/svelte/icons/languages";
import LogOut from "@lucide/svelte/icons/log-out";
import Plus from "@lucide/svelte/icons/plus";
import Rows3 from "@lucide/svelte/icons/rows-3";
import Scale from "@lucide/svelte/icons/scale";
import type { Component } from "svelte";
import { m } from "#lib/paraglide/messages.js";
import { locales } from "#lib/paraglide/runtime.js";
import { account } from "#lib/state/account.svelte.ts";
import { frame } from "#lib/state/frame.svelte.ts";
import { LOCALE_NAMES, preferences } from "#lib/state/preferences.svelte.ts";
import { denied } from "#lib/words/denied.ts";
import { goto } from "$app/navigation";

export interface PaletteCommand {
  id: string;
  label: string;
  icon: Component<{ size?: number; "aria-hidden"?: "true" }>;
  run: () => void;
}

/** What can be done from anywhere by the one who is signed in. */
export function commands(): PaletteCommand[] {
  return [
    ...(denied("pull_cord") ? [] : [{ id: "pull-cord", label: m.cord_pull(), icon: BellRing, run: () => void (frame.cord = true) }]),
    ...(denied("manage_budgets") ? [] : [{ id: "set-budget", label: m.budget_set(), icon: Plus, run: () => void goto("/budgets?set") }]),
    ...(denied("manage_autonomy")
      ? []
      : [
          { id: "propose-level", label: m.promote(), icon: Plus, run: () => void goto("/autonomy?propose") },
          { id: "record-trial", label: m.trial_record(), icon: Plus, run: () => void goto("/autonomy?trial") },
        ]),
    ...(denied("manage_agents") ? [] : [{ id: "add-agent", label: m.agent_add(), icon: Plus, run: () => void goto("/agents?add") }]),
    { id: "check-totals", label: m.totals_check(), icon: Scale, run: () => void goto("/health?check") },
    ...(denied("change_prices")
      ? []
      : [{ id: "publish-price", label: m.price_publish(), icon: Plus, run: () => void goto("/settings/prices?publish") }]),
    ...(denied("manage_people")
      ? []
      : [{ id: "add-person", label: m.person_add(), icon: Plus, run: () => void goto("/settings/people?add") }]),
    { id: "theme-light", label: m.command_theme_light(), icon: Contrast, run: () => preferences.setTheme("light") },
    { id: "theme-dark", label: m.command_theme_dark(), icon: Contrast, run: () => preferences.setTheme("dark") },
    { id: "theme-system", label: m.command_theme_system(), icon: Contrast, run: () => preferences.setTheme("system") },
    {
      id: "density",
      label: preferences.density === "dense" ? m.command_rows_normal() : m.command_rows_dense(),
      icon: Rows3,
      run: () => preferences.setDensity(preferences.density === "dense" ? "normal" : "dense"),
    },
    ...locales
      .filter((locale) => locale !== preferences.locale)
      .map((locale) => ({
        id: `language-${locale}`,
        label: `${m.language()}: ${LOCALE_NAMES[locale]}`,
        icon: Languages,
        run: () => preferences.setLocale(locale),
      })),
    { id: "help", label: m.help_title(), icon: Keyboard, run: () => void (frame.help = true) },
    { id: "sign-out", label: m.sign_out(), icon: LogOut, run: () => void account.signOut() },
  ];
}
