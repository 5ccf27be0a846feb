import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleDotDashed from "@lucide/svelte/icons/circle-dot-dashed";
import CirclePlay from "@lucide/svelte/icons/circle-play";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import { m } from "#lib/paraglide/messages.js";

const KNOWN = {
  completed: { label: m.outcome_completed, tone: "ok", icon: CircleCheck },
  ok: { label: m.outcome_ok, tone: "ok", icon: CircleCheck },
  open: { label: m.outcome_open, tone: "accent", icon: CirclePlay },
  silent: { label: m.outcome_silent, tone: "idle", icon: CircleDotDashed },
  failed: { label: m.outcome_failed, tone: "bad", icon: CircleAlert },
  blocked: { label: m.outcome_blocked, tone: "warn", icon: CircleSlash },
  deny: { label: m.outcome_denied, tone: "warn", icon: CircleSlash },
  allow: { label: m.outcome_allowed, tone: "ok", icon: CircleCheck },
  interrupted: { label: m.outcome_interrupted, tone: "warn", icon: CircleSlash },
  unknown: { label: m.outcome_unknown, tone: "idle", icon: CircleDashed },
} as const;

/** How a session can stand. Silent: its end was never reported, and nothing was heard of it for a while. */
export const OUTCOMES = ["open", "silent", "completed", "failed", "interrupted", "unknown"] as const;

/** How something ended: a colour, a shape and a word. */
export function outcomeLook(outcome: string) {
  return Object.hasOwn(KNOWN, outcome)
    ? KNOWN[outcome as keyof typeof KNOWN]
    : { label: () => outcome, tone: "idle" as const, icon: CircleDashed };
}
