import { m } from "#lib/paraglide/messages.js";
import type { AttributionRule } from "../../../../../schemas/attribution.ts";

export const WHENS = ["team", "agent", "vendor", "repo", "branch", "ticket"] as const;
export const SETTABLE = ["feature", "repo", "ticket", "changekind"] as const;

export const FIELD_NAMES: Readonly<Record<string, () => string>> = {
  team: m.dim_team,
  agent: m.dim_agent,
  vendor: m.dim_vendor,
  repo: m.dim_repo,
  branch: m.branch,
  ticket: m.ticket,
  feature: m.dim_feature,
  changekind: m.dim_change_kind,
};

export interface Line {
  name: string;
  value: string;
}

/** A rule as it is being typed. A field that is not listed matches anything, or is left as it is. */
export interface Draft {
  key: number;
  when: Line[];
  set: Line[];
  note: string;
}

let lastKey = 0;

const lines = (fields: Readonly<Record<string, string | undefined>>): Line[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));

export const draftOf = (rule: AttributionRule): Draft => ({
  key: ++lastKey,
  when: lines(rule.when),
  set: lines(rule.set),
  note: rule.note ?? "",
});

export const newDraft = (): Draft => ({
  key: ++lastKey,
  when: [{ name: "repo", value: "" }],
  set: [{ name: "feature", value: "" }],
  note: "",
});

const filled = (fields: readonly Line[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap(({ name, value }) => (value.trim() === "" ? [] : [[name, value.trim()]])));

export const ruleOf = (draft: Draft): AttributionRule => ({
  when: filled(draft.when),
  set: filled(draft.set),
  ...(draft.note.trim() === "" ? {} : { note: draft.note.trim() }),
});

/** Why a rule cannot be saved. */
export function faultOf(draft: Draft): string | null {
  const { when, set } = ruleOf(draft);
  if (Object.keys(when).length === 0) return m.rule_needs_when();
  if (Object.keys(set).length === 0) return m.rule_needs_set();
  return null;
}
