import type { Bound } from "../../../schemas/autonomy.ts";
import type { AutonomyState, Trial } from "./state.ts";
import { wilsonLower } from "./wilson.ts";

export const DAY_MS = 24 * 3_600_000;

/** What is known of a finished change when its verdict is due, two weeks after the merge or when it was given up by others. */
export interface TrialFacts {
  /** The change. */
  readonly trialId: string;
  /** Milliseconds since 1970: when the verdict was reached. */
  readonly finishedMs: number;
  readonly merged: boolean;
  readonly gatesGreen: boolean;
  readonly durable: boolean;
  readonly deniedExecuted: number;
  /** 1 the worst; null: no incident is linked to it. */
  readonly worstIncident: number | null;
  readonly agentLines: number;
  readonly changedLines: number;
}

/** Why a trial is no success; empty: it is one. */
export function failuresOf(facts: Omit<TrialFacts, "trialId" | "finishedMs">): string[] {
  const { merged, gatesGreen, durable, deniedExecuted, worstIncident, agentLines, changedLines } = facts;
  return [
    ...(merged ? [] : ["not_merged"]),
    ...(gatesGreen ? [] : ["gate_not_green"]),
    ...(durable ? [] : ["not_durable"]),
    ...(deniedExecuted > 0 ? ["denied_action_executed"] : []),
    ...(worstIncident !== null && worstIncident <= 3 ? ["incident"] : []),
    // More than a fifth of the agent's lines.
    ...(changedLines * 5 > agentLines ? ["rewritten"] : []),
  ];
}

/** Trials whose verdict was reached within so many days before a moment, that moment included. */
export const trialsWithin = ({ trials }: Pick<AutonomyState, "trials">, days: number, nowMs: number): Trial[] =>
  trials.filter(({ finishedMs }) => finishedMs > nowMs - days * DAY_MS && finishedMs <= nowMs);

/** The lower bound over a window of days. */
export function boundWithin(state: Pick<AutonomyState, "trials">, days: number, nowMs: number): Bound {
  const within = trialsWithin(state, days, nowMs);
  const successes = within.filter(({ success }) => success).length;
  const window = { from: new Date(nowMs - days * DAY_MS).toISOString(), to: new Date(nowMs).toISOString() };
  return { of: "trials", ...window, trials: within.length, successes, lower: wilsonLower(successes, within.length) };
}

/** The last trials by their verdict, of those recorded since a rule last took the level down. */
export function lastTrials({ trials, trialsSinceFall }: AutonomyState, count: number): Trial[] {
  const since = trialsSinceFall === 0 ? [] : trials.slice(-trialsSinceFall);
  return since.toSorted((a, b) => a.finishedMs - b.finishedMs).slice(-count);
}

/** Milliseconds of the newest verdict; null without a trial. */
export const newestTrial = ({ trials }: AutonomyState): number | null =>
  trials.reduce<number | null>((newest, { finishedMs }) => (newest === null || finishedMs > newest ? finishedMs : newest), null);
