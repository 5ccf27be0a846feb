import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import CircleUser from "@lucide/svelte/icons/circle-user";
import Pencil from "@lucide/svelte/icons/pencil";
import { m } from "#lib/paraglide/messages.js";
import type { DecisionEffect } from "../../../../schemas/decision.ts";

const ACTIONS: Readonly<Record<string, () => string>> = {
  "tool.call": m.action_tool_call,
  "model.call": m.action_model_call,
  "prompt.submit": m.action_prompt_submit,
  "change.merge": m.action_change_merge,
  "change.deploy": m.action_change_deploy,
};
export const ACTION_NAMES = Object.keys(ACTIONS);

/** What an agent asks to do. Agents may bring names of their own. */
export const actionName = (action: string): string => (Object.hasOwn(ACTIONS, action) ? (ACTIONS[action]?.() ?? action) : action);

/** Answers: a colour, a shape, a word and what it means. */
export const EFFECTS = {
  allow: { label: m.decision_allow, text: m.decision_allow_text, tone: "ok", icon: CircleCheck },
  require_approval: { label: m.decision_require_approval, text: m.decision_require_approval_text, tone: "warn", icon: CircleUser },
  deny: { label: m.decision_deny, text: m.decision_deny_text, tone: "bad", icon: CircleSlash },
} as const satisfies Readonly<Record<DecisionEffect, object>>;
export const EFFECT_NAMES = Object.keys(EFFECTS) as readonly DecisionEffect[];

/** What a single rule wants. */
export const OBJECTIONS = {
  deny: EFFECTS.deny,
  require_approval: EFFECTS.require_approval,
  modify: { label: m.decision_modify, tone: "accent", icon: Pencil },
  warn: { label: m.decision_warn, tone: "warn", icon: CircleAlert },
} as const;

/** By which way it was asked. */
export const DOORS = { http: () => "HTTP", nats: () => "NATS", hook: m.decision_door_hook } as const;

export const STAGES = { active: m.decision_stage_active, canary: m.decision_stage_canary } as const;

/** Where a person reads about a rule. */
export const ruleHref = (policy: string, rule: string): string => `/policies/${encodeURIComponent(policy)}#${encodeURIComponent(rule)}`;

export const decisionHref = (decision: string): string => `/decisions/${encodeURIComponent(decision)}`;
export const approvalHref = (approval: string): string => `/approvals?${new URLSearchParams({ approval })}`;
