import type { Bound, Condition, Evidence } from "../../../schemas/autonomy.ts";
import { boundOf } from "./ladder.ts";
import type { AutonomyState } from "./state.ts";
import { boundWithin, DAY_MS, lastTrials, newestTrial } from "./trials.ts";
import { wilsonLower } from "./wilson.ts";

const RECENT_TRIALS = 20;
const RECENT_FAILURES = 3;
const FALL_DAYS = 60;
/** Points of the lower bound under the level's own. */
const FALL_POINTS = 0.03;
const IDLE_DAYS = 30;

/** A rule that the scope's own trials and the clock bring about. */
export interface Fall {
  readonly kind: "demoted" | "expired";
  readonly rule: "grant_ended" | "failures_in_last_trials" | "bound_fell" | "idle";
  readonly to: number;
  readonly evidence: Evidence;
}

/**
 * The rule that takes the scope down at this moment, the first in their order; null: none does. At most one level at a time:
 * asked again afterwards, the next rule answers.
 */
export function fallAt(state: AutonomyState, nowMs: number): Fall | null {
  const { level, standing } = state;
  if (level === null || level === 0 || standing === "suspended") return null;
  return grantEnded(state, nowMs) ?? failures(state, level) ?? boundFell(state, level, nowMs) ?? idle(state, level, nowMs);
}

/** What was granted for a time ends one level lower. */
function grantEnded({ untilMs, level, events }: AutonomyState, nowMs: number): Fall | null {
  if (untilMs === null || untilMs > nowMs || level === null) return null;
  const condition = { id: "ends", met: false, value: new Date(nowMs).toISOString(), needed: `before ${new Date(untilMs).toISOString()}` };
  return { kind: "expired", rule: "grant_ended", to: level - 1, evidence: evidence(events, [], [condition]) };
}

function failures(state: AutonomyState, level: number): Fall | null {
  const last = lastTrials(state, RECENT_TRIALS);
  const failed = last.filter(({ success }) => !success);
  if (failed.length < RECENT_FAILURES) return null;
  const successes = last.length - failed.length;
  const bound: Bound = { of: "trials", trials: last.length, successes, lower: wilsonLower(successes, last.length) };
  const condition = { id: "failures_in_last_20", met: false, value: String(failed.length), needed: `< ${RECENT_FAILURES}` };
  const refs = failed.map(({ trialId }) => trialId);
  return {
    kind: "demoted",
    rule: "failures_in_last_trials",
    to: level - 1,
    evidence: { ...evidence(state.events, [bound], [condition]), refs },
  };
}

/**
 * Without a failure nothing fell: a bound is also low where little was done, which is what `idle` is for. In shadow the new
 * configuration has nothing to fall from yet.
 */
function boundFell(state: AutonomyState, level: number, nowMs: number): Fall | null {
  const own = boundOf(level);
  if (own === null || state.shadow) return null;
  const bound = boundWithin(state, FALL_DAYS, nowMs);
  if (bound.successes === bound.trials || bound.lower >= own - FALL_POINTS) return null;
  const condition = { id: "lower_bound", met: false, value: bound.lower.toFixed(6), needed: `>= ${(own - FALL_POINTS).toFixed(2)}` };
  return { kind: "demoted", rule: "bound_fell", to: level - 1, evidence: evidence(state.events, [bound], [condition]) };
}

/** At the midnight UTC that follows thirty days without a trial; each fall begins the count anew. */
function idle(state: AutonomyState, level: number, nowMs: number): Fall | null {
  const newest = newestTrial(state);
  const sinceMs = newest === null || newest < state.sinceMs ? state.sinceMs : newest;
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (sinceMs + IDLE_DAYS * DAY_MS > midnight) return null;
  const condition = {
    id: "last_trial_or_move",
    met: false,
    value: new Date(sinceMs).toISOString(),
    needed: `after ${new Date(midnight - IDLE_DAYS * DAY_MS).toISOString()}`,
  };
  return { kind: "demoted", rule: "idle", to: level - 1, evidence: evidence(state.events, [], [condition]) };
}

const evidence = (events: number, bounds: Bound[], conditions: Condition[]): Evidence => ({ events, bounds, conditions, refs: [] });
