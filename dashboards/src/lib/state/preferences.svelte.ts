import { baseLocale, extractLocaleFromNavigator, isLocale, type Locale, overwriteGetLocale } from "#lib/paraglide/runtime.js";
import { recall, remember } from "./stored.ts";

export type Theme = "system" | "light" | "dark";
export type Density = "normal" | "dense";

/** How this person wants to see things. A change shows at once: every message reads the locale from here. */
class Preferences {
  theme = $state<Theme>("system");
  density = $state<Density>("normal");
  locale = $state<Locale>(baseLocale);

  constructor() {
    const theme = recall("theme");
    if (theme === "light" || theme === "dark") this.theme = theme;
    if (recall("density") === "dense") this.density = "dense";
    const stored = recall("locale");
    this.locale = isLocale(stored) ? stored : (extractLocaleFromNavigator() ?? baseLocale);
    overwriteGetLocale(() => this.locale);
    document.documentElement.lang = this.locale;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    remember("theme", theme === "system" ? null : theme);
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }

  setDensity(density: Density): void {
    this.density = density;
    remember("density", density === "normal" ? null : density);
    if (density === "dense") document.documentElement.dataset["density"] = "dense";
    else delete document.documentElement.dataset["density"];
  }

  setLocale(locale: Locale): void {
    this.locale = locale;
    remember("locale", locale);
    document.documentElement.lang = locale;
  }
}

export const preferences = new Preferences();
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", "pt-BR": "Português", es: "Español" };
