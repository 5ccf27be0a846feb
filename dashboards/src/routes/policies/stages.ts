import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import Eye from "@lucide/svelte/icons/eye";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import { m } from "#lib/paraglide/messages.js";
import type { BundleItem } from "../../../../schemas/policy-api.ts";

const STAGES = {
  active: { tone: "ok", icon: CircleCheck, label: m.policy_stage_active },
  canary: { tone: "warn", icon: FlaskConical, label: m.policy_stage_canary },
  shadow: { tone: "idle", icon: Eye, label: m.policy_stage_shadow },
} as const;

/** How a bundle's place is shown; what has none decides nothing. */
export const stageLook = (stage: BundleItem["stage"]) =>
  stage === null ? ({ tone: "idle", icon: CircleDashed, label: m.policy_stage_none } as const) : STAGES[stage];

/** As much of a digest as people compare. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
