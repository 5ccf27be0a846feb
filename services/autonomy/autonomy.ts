import { setTimeout as sleep } from "node:timers/promises";
import type { AutonomyKey, Role } from "../../schemas/autonomy.ts";
import { decideAutonomy } from "../domain/autonomy/autonomy.ts";
import type { AutonomyCommand, AutonomyRefusal, AutonomyReport } from "../domain/autonomy/commands.ts";
import { EVIDENCE_DAYS, type Measures } from "../domain/autonomy/ladder.ts";
import { type LevelAnswer, levelHeld, levelOf } from "../domain/autonomy/level.ts";
import { scopeIdOf } from "../domain/autonomy/scope.ts";
import { type AutonomyState, foldAutonomy } from "../domain/autonomy/state.ts";
import { boundWithin, type TrialFacts } from "../domain/autonomy/trials.ts";
import type { Actor } from "../domain/envelope.ts";
import { FoldedView } from "../folded-view.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore } from "../ports/event-store.ts";
import { makeRecorder } from "../stream-recorder.ts";

export interface AutonomyDeps {
  readonly store: EventStore;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** The level of a scope that was never granted one, 0 to 5. */
  readonly floor: number;
}

export type AutonomyAnswer = { readonly kind: "done"; readonly scopeId: string; readonly level: LevelAnswer } | AutonomyRefusal;
export type ProposeAnswer = { readonly kind: "proposed"; readonly scopeId: string; readonly proposalId: string } | AutonomyRefusal;

/** What each scope has earned, and what took it away. */
export interface AutonomyBook extends Following {
  /** Memory alone: a decision waits. */
  levelOf(key: AutonomyKey): LevelAnswer;
  list(): readonly AutonomyState[];
  get(scopeId: string): AutonomyState | null;
  /** A change that was finished under the scope. What its requester gave up is no trial: leave it out. */
  recordTrial(key: AutonomyKey, trial: TrialFacts, by: Actor): Promise<AutonomyAnswer>;
  /**
   * Refuses with all the evidence and what is missing, or waits for signatures.
   * @param untilMs when the grant would end, milliseconds
   */
  propose(key: AutonomyKey, to: number, measures: Measures, untilMs: number | undefined, by: Actor): Promise<ProposeAnswer>;
  /** @param role one that the caller knows the person to have */
  sign(key: AutonomyKey, proposalId: string, role: Role, reviewId: string | undefined, by: Actor): Promise<AutonomyAnswer>;
  /** Takes autonomy away at once. A grave incident also lowers every other scope of the same configuration. */
  report(key: AutonomyKey, report: AutonomyReport, by: Actor): Promise<AutonomyAnswer>;
  /** @param ref what the scope was frozen for, and no longer is */
  unfreeze(key: AutonomyKey, ref: string, by: Actor): Promise<AutonomyAnswer>;
  /** An agent's configuration changed: every scope of the old one has a lower one, in shadow, for the new. Returns the new scopes' ids. */
  changeConfig(from: string, to: string, by: Actor): Promise<readonly string[]>;
  /** Old and new configuration did the same work. */
  recordPair(key: AutonomyKey, pair: { pairId: string; success: boolean; predecessorSuccess: boolean }, by: Actor): Promise<AutonomyAnswer>;
  /** Applies what the rules say of trials and time, to every scope. */
  sweep(): Promise<void>;
  /** Does it every minute, so that idle scopes fall at midnight UTC, until the signal aborts. */
  keepSwept(signal: AbortSignal): Promise<void>;
}

const SWEEP_MS = 60_000;
const CLOCK: Actor = { kind: "service", id: "autonomy" };

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openAutonomy(deps: AutonomyDeps): Promise<AutonomyBook> {
  const { store, now, random, floor } = deps;
  const view = new FoldedView<AutonomyState>(foldAutonomy);
  const following = await followCategory(store, "autonomy", (event, { stream, revision }) => view.apply(event, stream, revision));
  const recorder = makeRecorder(deps, view);

  const record = async (key: AutonomyKey, command: AutonomyCommand, by: Actor): Promise<AutonomyAnswer> => {
    const scopeId = scopeIdOf(key);
    const answer = await recorder.record<AutonomyRefusal>(`autonomy-${scopeId}`, scopeId, (nowMs) =>
      decideAutonomy(view.get(scopeId), command, { nowMs, by, scopeId, key, floor }),
    );
    return answer.kind === "recorded" ? { kind: "done", scopeId, level: levelOf(view.get(scopeId), floor) } : answer;
  };
  /** One level after the other, until no rule asks for more. */
  const assess = async (key: AutonomyKey): Promise<void> => {
    for (let level = levelOf(view.get(scopeIdOf(key)), floor).level; ; ) {
      const answer = await record(key, { kind: "assess" }, CLOCK);
      if (answer.kind !== "done" || answer.level.level >= level) return;
      level = answer.level.level;
    }
  };
  const recordAndAssess = async (key: AutonomyKey, command: AutonomyCommand, by: Actor): Promise<AutonomyAnswer> => {
    const answer = await record(key, command, by);
    if (answer.kind !== "done") return answer;
    await assess(key);
    return { ...answer, level: levelOf(view.get(answer.scopeId), floor) };
  };
  const ofConfig = (config: string): AutonomyState[] => view.values().filter(({ key }) => key.config === config);

  const sweep = async (): Promise<void> => {
    for (const { key } of view.values()) await assess(key);
  };

  return {
    levelOf: (key) => levelOf(view.get(scopeIdOf(key)), floor),
    list: () => view.values(),
    get: (scopeId) => view.get(scopeId),
    recordTrial: (key, trial, by) => recordAndAssess(key, { kind: "record_trial", ...trial }, by),
    async propose(key, to, measures, untilMs, by) {
      const proposalId = `prop_${Buffer.from(random(10)).toString("hex")}`;
      const answer = await record(key, { kind: "propose", proposalId, to, measures, untilMs }, by);
      return answer.kind === "done" ? { kind: "proposed", scopeId: answer.scopeId, proposalId } : answer;
    },
    sign: (key, proposalId, role, reviewId, by) => record(key, { kind: "sign", proposalId, role, reviewId }, by),
    async report(key, report, by) {
      const answer = await record(key, { kind: "report", report }, by);
      if (answer.kind !== "done" || report.rule !== "incident") return answer;
      const shared = { ...report, rule: "incident_shared" } as const;
      const others = ofConfig(key.config).filter(({ scopeId }) => scopeId !== answer.scopeId);
      for (const other of others) await record(other.key, { kind: "report", report: shared }, by);
      return answer;
    },
    unfreeze: (key, ref, by) => record(key, { kind: "unfreeze", ref }, by),
    async changeConfig(from, to, by) {
      const started: string[] = [];
      for (const old of from === to ? [] : ofConfig(from)) {
        const { trials, successes } = boundWithin(old, EVIDENCE_DAYS, now());
        const { scopeId: predecessor, frozenFor, standing } = old;
        const stands = { from: levelHeld(old, floor), frozenFor, suspended: standing === "suspended" };
        const command = { kind: "start_shadow", predecessor, successes, trials, ...stands } as const;
        const answer = await record({ ...old.key, config: to }, command, by);
        if (answer.kind === "done" && answer.level.shadow) started.push(answer.scopeId);
      }
      return started;
    },
    recordPair: (key, pair, by) => recordAndAssess(key, { kind: "record_pair", ...pair }, by),
    sweep,
    async keepSwept(signal) {
      while (!signal.aborted) {
        await sweep();
        await sleep(SWEEP_MS, undefined, { signal }).catch(() => {});
      }
    },
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
