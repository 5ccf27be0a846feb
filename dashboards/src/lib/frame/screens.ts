import Bot from "@lucide/svelte/icons/bot";
import ChartColumnStacked from "@lucide/svelte/icons/chart-column-stacked";
import Gauge from "@lucide/svelte/icons/gauge";
import Gavel from "@lucide/svelte/icons/gavel";
import HeartPulse from "@lucide/svelte/icons/heart-pulse";
import ListTree from "@lucide/svelte/icons/list-tree";
import ScrollText from "@lucide/svelte/icons/scroll-text";
import Settings from "@lucide/svelte/icons/settings-2";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import Stamp from "@lucide/svelte/icons/stamp";
import TrafficCone from "@lucide/svelte/icons/traffic-cone";
import Wallet from "@lucide/svelte/icons/wallet";
import type { Component } from "svelte";
import { m } from "#lib/paraglide/messages.js";

export interface Screen {
  id:
    | "floor"
    | "sessions"
    | "approvals"
    | "decisions"
    | "agents"
    | "autonomy"
    | "budgets"
    | "policies"
    | "quarantine"
    | "cost"
    | "health"
    | "settings";
  href: string;
  label: () => string;
  icon: Component<{ size?: number; "aria-hidden"?: "true" }>;
  /** After `g`. */
  key: string;
  /** Looks at a span of time, which a link to it carries along. */
  timed?: boolean;
}

/** The screens by job. What does not exist yet is not shown. */
export const JOBS: readonly { label: () => string; screens: readonly Screen[] }[] = [
  {
    label: m.job_operate,
    screens: [
      { id: "floor", href: "/floor", label: m.screen_floor, icon: TrafficCone, key: "f" },
      { id: "sessions", href: "/sessions", label: m.screen_sessions, icon: ListTree, key: "s", timed: true },
    ],
  },
  {
    label: m.job_govern,
    screens: [
      { id: "approvals", href: "/approvals", label: m.screen_approvals, icon: Stamp, key: "i" },
      { id: "decisions", href: "/decisions", label: m.screen_decisions, icon: Gavel, key: "d", timed: true },
      { id: "agents", href: "/agents", label: m.screen_agents, icon: Bot, key: "a" },
      { id: "autonomy", href: "/autonomy", label: m.screen_autonomy, icon: Gauge, key: "u" },
      { id: "budgets", href: "/budgets", label: m.screen_budgets, icon: Wallet, key: "b" },
      { id: "policies", href: "/policies", label: m.screen_policies, icon: ScrollText, key: "p" },
      { id: "quarantine", href: "/quarantine", label: m.screen_quarantine, icon: ShieldAlert, key: "q" },
    ],
  },
  { label: m.job_improve, screens: [{ id: "cost", href: "/cost", label: m.screen_cost, icon: ChartColumnStacked, key: "c", timed: true }] },
];

export const PLATFORM: readonly Screen[] = [
  { id: "health", href: "/health", label: m.screen_health, icon: HeartPulse, key: "h" },
  { id: "settings", href: "/settings/prices", label: m.screen_settings, icon: Settings, key: "," },
];

export const SCREENS: readonly Screen[] = [...JOBS.flatMap((job) => job.screens), ...PLATFORM];
