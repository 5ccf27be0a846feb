import type { DataOf } from "../../../schemas/event.ts";
import {
  HoldbackCaseAdded,
  HoldbackCaseRead,
  HoldbackCaseRetired,
  HoldbackRunFinished,
  HoldbackRunStarted,
  HoldbackSuiteDefined,
  type RetiredBecause,
  type Tally,
} from "../../../schemas/holdback.ts";
import type { Actor } from "../envelope.ts";
import { acts, type Fact, factOf, type Unfit } from "../fact.ts";
import { type HoldbackState, liveCases, type SealedRef, suiteDigest } from "./state.ts";
import type { Judgement } from "./verdict.ts";

/** Each attempt tells the author of a change something about what it cannot see. */
export const MAX_ATTEMPTS = 3;
const MAX_CASES = 1000;

export type HoldbackCommand =
  | { readonly kind: "define"; readonly suite: string; readonly repos: readonly string[]; readonly canaryKey: SealedRef }
  | { readonly kind: "add"; readonly cases: readonly DataOf<typeof HoldbackCaseAdded>[] }
  | { readonly kind: "retire"; readonly cases: readonly string[]; readonly because: RetiredBecause }
  | {
      readonly kind: "start";
      readonly runId: string;
      readonly sha: string;
      readonly changeId: string;
      readonly visible?: Tally | undefined;
    }
  | { readonly kind: "finish"; readonly runId: string; readonly judgement: Judgement; readonly durationMs: number };

export type HoldbackRefusal =
  | {
      readonly kind: "unknown_suite" | "unknown_case" | "unknown_run" | "no_cases" | "too_many" | "no_attempts_left";
      readonly reason: string;
    }
  | Unfit;

export type HoldbackDecision = { readonly kind: "acts"; readonly facts: readonly Fact[] } | { readonly kind: "quiet" } | HoldbackRefusal;

/** @param state null: there is no such suite */
export function decideHoldback(state: HoldbackState | null, command: HoldbackCommand, by: Actor): HoldbackDecision {
  if (command.kind === "define") {
    const { kind: _kind, ...data } = command;
    if (state && sameSet(state.repos, data.repos)) return { kind: "quiet" };
    return acts(factOf(HoldbackSuiteDefined, { ...data, canaryKey: state?.canaryKey ?? data.canaryKey }, by));
  }
  if (!state) return { kind: "unknown_suite", reason: "there is no suite of this name; adding cases with repositories makes one" };
  const { suite } = state;
  switch (command.kind) {
    case "add": {
      const room = MAX_CASES - liveCases(state).length;
      if (command.cases.length > room)
        return { kind: "too_many", reason: `a suite holds ${MAX_CASES} cases; retire those that say little` };
      return acts(...command.cases.map((each) => factOf(HoldbackCaseAdded, { ...each, suite }, by)));
    }
    case "retire": {
      const missing = command.cases.find((caseId) => !state.cases.has(caseId));
      if (missing !== undefined)
        return { kind: "unknown_case", reason: "this suite has no case with one of these ids; nothing was retired" };
      const live = [...new Set(command.cases)].filter((caseId) => state.cases.get(caseId)?.retired === null);
      if (live.length === 0) return { kind: "quiet" };
      return acts(...live.map((caseId) => factOf(HoldbackCaseRetired, { suite, caseId, because: command.because }, by)));
    }
    case "start":
      return start(state, command, by);
    case "finish": {
      const run = state.runs.get(command.runId);
      if (!run) return { kind: "unknown_run", reason: "this suite has no run with this id" };
      if (run.result) return { kind: "quiet" };
      const { runId, digest, sha, changeId, attempt } = run;
      const { judgement, durationMs } = command;
      return acts(factOf(HoldbackRunFinished, { suite, runId, digest, sha, changeId, attempt, ...judgement, durationMs }, by));
    }
  }
}

/** Every case that will be opened is written down before any is. A commit counts for its change under whatever name. */
function start(state: HoldbackState, command: Extract<HoldbackCommand, { kind: "start" }>, by: Actor): HoldbackDecision {
  const { runId, sha, changeId, visible } = command;
  const { suite } = state;
  const cases = liveCases(state);
  if (cases.length === 0) return { kind: "no_cases", reason: "the suite has no case left that decides; add some" };
  if (visible && visible.passed > visible.total) return { kind: "invalid", reason: "more visible tests passed than there are" };
  const made = [...state.runs.values()].filter((run) => run.changeId === changeId || run.sha === sha).length;
  if (made >= MAX_ATTEMPTS) {
    return {
      kind: "no_attempts_left",
      reason: `the change had its ${MAX_ATTEMPTS} attempts; plan it anew with a person and propose another change`,
    };
  }
  const data = { suite, runId, digest: suiteDigest(state), sha, changeId, attempt: made + 1, ...(visible && { visible }) };
  return acts(factOf(HoldbackRunStarted, data, by), ...cases.map(({ caseId }) => factOf(HoldbackCaseRead, { suite, caseId, runId }, by)));
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));
