import { type Bound, type Evidence, Frozen, Promoted, ShadowRecorded, ShadowStarted, Suspended } from "../../../schemas/autonomy.ts";
import { acts, fact, RULES } from "./act.ts";
import type { AutonomyCommand, AutonomyDecision, AutonomyNow } from "./commands.ts";
import { levelHeld } from "./level.ts";
import type { AutonomyState } from "./state.ts";
import { wilsonLower } from "./wilson.ts";

const LEAST_PAIRS = 20;
const SLACK = 0.03;
/** A changed configuration never starts above. */
const HIGHEST_IN_SHADOW = 3;
/** Darkness is granted by two people, never by a rule. */
const HIGHEST_RESTORED = 4;

type StartShadow = Extract<AutonomyCommand, { kind: "start_shadow" }>;
type RecordPair = Extract<AutonomyCommand, { kind: "record_pair" }>;

/**
 * The new configuration's scope begins one level lower than the old one's, level 3 at most, and behind the same bars: no
 * change of a prompt ends a suspension.
 */
export function startShadow(state: AutonomyState, command: StartShadow, now: AutonomyNow): AutonomyDecision {
  if (state.level !== null || state.standing !== "none" || state.frozenFor.length > 0) return { kind: "quiet" };
  const { predecessor, from, successes, trials, frozenFor, suspended } = command;
  const rule = "config_changed";
  const evidence = (bounds: Bound[], ref: string): Evidence => ({ events: state.events, bounds, conditions: [], refs: [ref] });
  if (suspended) return acts(fact(Suspended, { from: now.floor, to: 0, rule, evidence: evidence([], predecessor) }, now, RULES));
  const starts = from > now.floor;
  const to = Math.min(from - 1, HIGHEST_IN_SHADOW);
  const old: Bound = { of: "predecessor", trials, successes, lower: wilsonLower(successes, trials) };
  const level = starts ? to : now.floor;
  return acts(
    ...(starts ? [fact(ShadowStarted, { predecessor, from, to, rule, evidence: evidence([old], predecessor) }, now, RULES)] : []),
    ...frozenFor.map((ref) => fact(Frozen, { level, rule, evidence: evidence([], ref) }, now, RULES)),
  );
}

/**
 * Gives the old level back after twenty pairs, once the bound of what succeeded lies at most three points under the old
 * one: both the old scope's bound and what the old configuration did in these pairs.
 */
export function recordPair(state: AutonomyState, { pairId, success, predecessorSuccess }: RecordPair, now: AutonomyNow): AutonomyDecision {
  const { shadow } = state;
  if (!shadow) return { kind: "not_in_shadow", reason: "this scope is not in shadow: nothing is compared here" };
  const known = shadow.pairs.find((pair) => pair.pairId === pairId);
  if (known) return { kind: "quiet" };
  const recorded = fact(ShadowRecorded, { pairId, success, predecessorSuccess }, now, now.by);
  const pairs = [...shadow.pairs, { pairId, success, predecessorSuccess }];
  const mine = boundOver(
    "pairs",
    pairs.map((pair) => pair.success),
  );
  const theirs = boundOver(
    "predecessor",
    pairs.map((pair) => pair.predecessorSuccess),
  );
  const needed = Math.max(shadow.oldLower, theirs.lower) - SLACK;
  const level = levelHeld(state, now.floor);
  const to = Math.min(shadow.target, HIGHEST_RESTORED);
  const mayRise = state.standing !== "suspended" && state.frozenFor.length === 0 && to > level;
  if (pairs.length < LEAST_PAIRS || mine.lower < needed || !mayRise) return acts(recorded);
  const condition = { id: "paired_bound", met: true, value: mine.lower.toFixed(6), needed: `>= ${needed.toFixed(6)}` };
  const evidence = { events: state.events + 1, bounds: [mine, theirs], conditions: [condition], refs: [] };
  return acts(
    recorded,
    fact(
      Promoted,
      { proposalId: undefined, from: level, to, rule: "shadow_passed", evidence, signatures: [], until: undefined },
      now,
      RULES,
    ),
  );
}

function boundOver(of: Bound["of"], results: readonly boolean[]): Bound {
  const successes = results.filter(Boolean).length;
  return { of, trials: results.length, successes, lower: wilsonLower(successes, results.length) };
}
