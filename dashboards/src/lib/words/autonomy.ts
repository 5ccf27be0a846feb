import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleDotDashed from "@lucide/svelte/icons/circle-dot-dashed";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import Snowflake from "@lucide/svelte/icons/snowflake";
import { m } from "#lib/paraglide/messages.js";
import type { AutonomyView } from "../../../../schemas/autonomy-api.ts";

/** The six levels: the name, what the agent may do, and what a person does. */
export const LEVELS = [
  { name: m.level_0, may: m.level_0_may, gate: m.level_0_gate },
  { name: m.level_1, may: m.level_1_may, gate: m.level_1_gate },
  { name: m.level_2, may: m.level_2_may, gate: m.level_2_gate },
  { name: m.level_3, may: m.level_3_may, gate: m.level_3_gate },
  { name: m.level_4, may: m.level_4_may, gate: m.level_4_gate },
  { name: m.level_5, may: m.level_5_may, gate: m.level_5_gate },
] as const;

export const levelName = (level: number): string => LEVELS[level]?.name() ?? "";

/** How a scope stands: a colour, a shape and words. */
export const SCOPE_STATES = {
  none: { tone: "idle", icon: CircleDashed, label: m.scope_none, text: m.scope_none_text },
  probation: { tone: "accent", icon: CircleDotDashed, label: m.scope_probation, text: m.scope_probation_text },
  active: { tone: "ok", icon: CircleCheck, label: m.scope_active, text: m.scope_active_text },
  frozen: { tone: "warn", icon: Snowflake, label: m.scope_frozen, text: m.scope_frozen_text },
  suspended: { tone: "bad", icon: OctagonX, label: m.scope_suspended, text: m.scope_suspended_text },
  expired: { tone: "warn", icon: CircleAlert, label: m.scope_expired, text: m.scope_expired_text },
} as const satisfies Readonly<Record<AutonomyView["state"], unknown>>;

export const STATE_NAMES = Object.keys(SCOPE_STATES) as readonly AutonomyView["state"][];

export const CHANGE_CLASSES: Readonly<Record<string, () => string>> = {
  feature: m.change_feature,
  bug: m.change_bug,
  chore: m.change_chore,
  security: m.change_security,
  migration: m.change_migration,
  incident: m.change_incident,
};

export const changeClass = (name: string): string => CHANGE_CLASSES[name]?.() ?? name;

/** What a scope is for besides the agent, in a line. */
export const scopeLine = ({ pathSet, changeClass: kind, riskTier }: Pick<AutonomyView, "pathSet" | "changeClass" | "riskTier">): string =>
  `${pathSet} · ${changeClass(kind)} · ${m.autonomy_tier_n({ tier: riskTier })}`;

export const agentOf = ({ agent, agentName }: Pick<AutonomyView, "agent" | "agentName">): string =>
  agentName ?? agent ?? m.autonomy_unknown_agent();

const SIGNERS: Readonly<Record<string, () => string>> = {
  team_lead: m.signer_team_lead,
  policy_owner: m.signer_policy_owner,
  service_owner: m.signer_service_owner,
  executive: m.signer_executive,
};

export const signerName = (role: string): string => SIGNERS[role]?.() ?? role.replaceAll("_", " ");
