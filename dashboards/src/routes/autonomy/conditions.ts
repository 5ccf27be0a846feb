import { count, share } from "#lib/format/count.ts";
import { exactMoment } from "#lib/format/moment.ts";
import { m } from "#lib/paraglide/messages.js";
import { isShare, type Measure } from "./ladder.ts";
import { lowerShare } from "./lower.ts";

const NAMES: Readonly<Record<string, () => string>> = {
  lower_bound: m.evidence_lower_bound,
  trials: m.evidence_trials,
  probation_trials: m.evidence_probation_trials,
  days_at_level: m.evidence_days_at_level,
  risk_tier: m.autonomy_risk_tier,
  ends: m.evidence_ends,
  serious_incidents_in_trials: m.evidence_serious_in_trials,
  no_rule_against_it: m.evidence_no_rule,
  sandbox_exists: m.measure_sandbox_exists,
  tool_policy_exists: m.measure_tool_policy_exists,
  owner_attested: m.measure_owner_attested,
  sessions: m.measure_sessions,
  critical_denies: m.measure_critical_denies,
  secret_scan_clean: m.measure_secret_scan_clean,
  tests_green: m.measure_tests_green,
  rollback_possible: m.measure_rollback_possible,
  readiness: m.measure_readiness,
  rubber_stamp_share: m.measure_rubber_stamp_share,
  holdback_cases: m.measure_holdback_cases,
  holdback_gap_points: m.measure_holdback_gap_points,
  r1_not_red: m.measure_r1_not_red,
  r4_not_red: m.measure_r4_not_red,
  evidence_completeness: m.measure_evidence_completeness,
  serious_incidents: m.measure_serious_incidents,
  rollback_drill_days: m.measure_rollback_drill_days,
  spend_cap: m.measure_spend_cap,
};

/** A condition nobody has written words for still reads as words. */
export const conditionName = (id: string): string => NAMES[id]?.() ?? id.replaceAll("_", " ");

const WORDS: Readonly<Record<string, () => string>> = {
  true: m.condition_yes,
  false: m.condition_no,
  unknown: m.condition_unmeasured,
  none: m.condition_nothing,
  "in the future": m.condition_future,
};
const SIGNS = { "<": "<", "<=": "≤", ">": ">", ">=": "≥" } as const;
const COMPARED = /^(?<sign>[<>]=?) (?<number>-?\d+(\.\d+)?)$/;
const WITHIN = /^within (?<days>\d+) days$/;

/** A value, or what is needed of it, as the platform writes it down, in this person's language. */
export function conditionValue(id: string, text: string): string {
  const word = WORDS[text];
  if (word) return word();
  const within = WITHIN.exec(text)?.groups?.["days"];
  if (within) return m.condition_within({ n: within });
  const compared = COMPARED.exec(text)?.groups;
  if (compared) return `${SIGNS[compared["sign"] as keyof typeof SIGNS]} ${figure(id, Number(compared["number"]))}`;
  if (id === "ends" && !Number.isNaN(Date.parse(text))) return exactMoment(text);
  return text.trim() !== "" && Number.isFinite(Number(text)) ? figure(id, Number(text)) : text.replaceAll("_", " ");
}

const figure = (id: string, value: number): string =>
  id === "lower_bound" ? lowerShare(value) : isShare(id) ? share(value) : count(value);

/** Empty where it says itself what is needed. */
export function neededOf({ id, needed }: Measure): string {
  if (needed === true) return "";
  return "least" in needed ? `≥ ${figure(id, needed.least)}` : `≤ ${figure(id, needed.most)}`;
}
