import type { Condition, Evidence } from "../../../schemas/autonomy.ts";
import { EVIDENCE_DAYS, isEnough, type Measures, neededInWords, PROBATION_TRIALS, STEPS, type Step } from "./ladder.ts";
import { fallAt } from "./rules.ts";
import type { AutonomyState } from "./state.ts";
import { boundWithin, DAY_MS, trialsWithin } from "./trials.ts";

export interface Asked {
  readonly to: number;
  readonly measures: Measures;
  /** When the grant would end, milliseconds. */
  readonly untilMs: number | null;
}

/** Everything that a level needs, each with its number, met or not. The last 90 days count. */
export function evidenceFor(state: AutonomyState, asked: Asked, nowMs: number): Evidence {
  const step = STEPS[asked.to] as Step;
  const bound = boundWithin(state, EVIDENCE_DAYS, nowMs);
  const conditions = [
    ...boundConditions(step, bound),
    ...standingConditions(state, step, nowMs),
    ...tierAndEnd(state, step, asked, nowMs),
    ...measuredConditions(state, step, asked.measures, nowMs),
    ...stays(state, asked.to, nowMs),
  ];
  return { events: state.events, bounds: [bound], conditions, refs: [] };
}

export const missingIn = ({ conditions }: Evidence): Condition[] => conditions.filter(({ met }) => !met);

function boundConditions({ bound: needed }: Step, { lower, trials }: { lower: number; trials: number }): Condition[] {
  if (!needed) return [];
  return [
    condition("lower_bound", lower >= needed.lower, lower.toFixed(6), `>= ${needed.lower}`),
    condition("trials", trials >= needed.trials, trials, `>= ${needed.trials}`),
  ];
}

/** Levels are climbed one at a time, each after its probation. */
function standingConditions({ standing, sinceMs, trialsHere }: AutonomyState, { weeks }: Step, nowMs: number): Condition[] {
  const held = Math.floor((nowMs - sinceMs) / DAY_MS);
  return [
    ...(standing === "probation" ? [condition("probation_trials", false, trialsHere, `>= ${PROBATION_TRIALS}`)] : []),
    ...(weeks > 0 ? [condition("days_at_level", nowMs - sinceMs >= weeks * 7 * DAY_MS, held, `>= ${weeks * 7}`)] : []),
  ];
}

function tierAndEnd({ key }: AutonomyState, { highestTier, longestDays }: Step, { untilMs }: Asked, nowMs: number): Condition[] {
  const tier = highestTier < 3 ? [condition("risk_tier", key.riskTier <= highestTier, key.riskTier, `<= ${highestTier}`)] : [];
  if (untilMs === null) return longestDays === null ? tier : [...tier, condition("ends", false, "unknown", `within ${longestDays} days`)];
  const inTime = untilMs > nowMs && (longestDays === null || untilMs <= nowMs + longestDays * DAY_MS);
  const needed = longestDays === null ? "in the future" : `within ${longestDays} days`;
  return [...tier, condition("ends", inTime, new Date(untilMs).toISOString(), needed)];
}

/** Incidents that the trials themselves show count, whatever was measured. */
function measuredConditions(state: AutonomyState, { measures: needed }: Step, measures: Measures, nowMs: number): Condition[] {
  const conditions = needed.map(([id, least]): Condition => {
    const measured = measures[id];
    const value = measured ? String(measured.value) : "unknown";
    return { ...condition(id, isEnough(least, measured), value, neededInWords(least)), ...(measured && { source: measured.source }) };
  });
  if (!needed.some(([id]) => id === "serious_incidents")) return conditions;
  const grave = trialsWithin(state, EVIDENCE_DAYS, nowMs).filter(({ worstIncident }) => worstIncident !== null && worstIncident <= 2);
  return [...conditions, condition("serious_incidents_in_trials", grave.length === 0, grave.length, "<= 0")];
}

/** A level that a rule would take away at once is not given. */
function stays(state: AutonomyState, to: number, nowMs: number): Condition[] {
  const fall = fallAt({ ...state, level: to, standing: "probation", sinceMs: nowMs, untilMs: null }, nowMs);
  return [condition("no_rule_against_it", fall === null, fall?.rule ?? "none", "none")];
}

const condition = (id: string, met: boolean, value: string | number, needed: string): Condition => ({
  id,
  met,
  value: String(value),
  needed,
});
