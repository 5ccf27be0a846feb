import type { StoredEvent } from "../../schemas/event.ts";
import type { RetiredBecause } from "../../schemas/holdback.ts";
import type { NewCase, NewRun } from "../../schemas/holdback-api.ts";
import type { HoldbackVerdict } from "../domain/decision/input.ts";
import type { Actor } from "../domain/envelope.ts";
import { canariesIn } from "../domain/holdback/canary.ts";
import { decideHoldback, type HoldbackCommand, type HoldbackRefusal } from "../domain/holdback/commands.ts";
import { verdictOf } from "../domain/holdback/standing.ts";
import { foldHoldback, type HoldbackCase, type HoldbackState, liveCases } from "../domain/holdback/state.ts";
import { FoldedView } from "../folded-view.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore } from "../ports/event-store.ts";
import { makeRecorder, type Recorded } from "../stream-recorder.ts";
import { caseFault } from "./compare.ts";
import { type Ask, askOf, runCases } from "./run-cases.ts";
import { openTexts, type SealingDeps, sealCases, sealTexts } from "./sealed-cases.ts";

export interface HoldbackDeps extends SealingDeps {
  readonly store: EventStore;
  /** Milliseconds. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Told why a run ended without a verdict. */
  readonly trouble: (message: string) => void;
}

export type HoldbackDeclined = HoldbackRefusal | { readonly kind: "busy"; readonly reason: string };
export type AddAnswer = { readonly kind: "added"; readonly caseIds: readonly string[] } | HoldbackDeclined;
export type StartAnswer =
  /** `done` resolves when the run has ended, with a verdict or without. */
  { readonly kind: "started"; readonly runId: string; readonly done: Promise<void> } | HoldbackDeclined;
export type RetireAnswer = { readonly kind: "retired"; readonly caseIds: readonly string[] } | HoldbackDeclined;

/** Suites of cases that agents never see, and what they say of a commit. Nothing of a case ever comes out. */
export interface Holdback extends Following {
  list(): readonly HoldbackState[];
  get(suite: string): HoldbackState | null;
  /** Seals cases into a suite. @param repos what it covers; needed for a new one, replaces what was */
  add(suite: string, repos: readonly string[] | undefined, cases: readonly NewCase[], by: Actor): Promise<AddAnswer>;
  /** Starts a run: one at a time. An end in the middle, of whatever kind, leaves no verdict. */
  run(suite: string, run: NewRun, by: Actor): Promise<StartAnswer>;
  isRunning(runId: string): boolean;
  retire(suite: string, caseIds: readonly string[], because: RetiredBecause, by: Actor): Promise<RetireAnswer>;
  /** Ids of a suite's live cases whose canary stands in a text. */
  leakedIn(suite: string, text: string): readonly string[];
  /** From memory: an agent waits. null: it was not judged. */
  verdictFor(repo: string, sha: string): HoldbackVerdict | null;
}

/** Longer than any suite takes. */
const RUN_LIMIT_MS = 60 * 60 * 1000;
const BUSY: HoldbackDeclined = { kind: "busy", reason: "another run is going on; start this one when it has ended" };

/** Resolves once everything that is stored is known; then follows what other processes store. Disposing of it stops a run. */
export async function openHoldback(deps: HoldbackDeps): Promise<Holdback> {
  const { store, now, random, trouble } = deps;
  const view = new FoldedView<HoldbackState>(foldHoldback);
  const following = await followCategory(store, "holdback", (event: StoredEvent, { stream, revision }) =>
    view.apply(event, stream, revision),
  );
  const { record, catchUp } = makeRecorder(deps, view);
  const stop = new AbortController();
  let running: { readonly runId: string; done: Promise<void> } | null = null;

  const newId = (prefix: string): string => `${prefix}_${Buffer.from(random(12)).toString("hex")}`;
  const tell = (suite: string, command: HoldbackCommand, by: Actor): Promise<Recorded | HoldbackRefusal> =>
    record<HoldbackRefusal>(`holdback-${suite}`, suite, () => decideHoldback(view.get(suite), command, by));

  async function define(suite: string, repos: readonly string[], by: Actor): Promise<Recorded | HoldbackRefusal> {
    await catchUp(`holdback-${suite}`);
    const known = view.get(suite)?.canaryKey;
    // Under a name of its own: of two processes that make the same suite at once, the second one's key is never used.
    const item = { id: `holdback-${suite}.${newId("key")}`, kind: "holdback_canary_key", text: Buffer.from(random(32)).toString("hex") };
    const [canaryKey = known] = known ? [known] : await sealTexts(deps, suite, [item]);
    if (!canaryKey) throw new Error("the vault did not seal a key");
    return tell(suite, { kind: "define", suite, repos, canaryKey }, by);
  }

  async function judgeRun(suite: string, runId: string, cases: readonly HoldbackCase[], ask: Ask, by: Actor): Promise<void> {
    const started = now();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(RUN_LIMIT_MS)]);
    const judgement = await runCases(deps, cases, ask, signal);
    const answer = await tell(suite, { kind: "finish", runId, judgement, durationMs: Math.max(0, now() - started) }, by);
    if (answer.kind !== "recorded") throw new Error(answer.reason);
  }

  return {
    list: () => view.values(),
    get: (suite) => view.get(suite),
    isRunning: (runId) => running?.runId === runId,
    verdictFor: (repo, sha) => verdictOf(view.values(), repo, sha, now()),
    async add(suite, repos, cases, by) {
      for (const [nth, each] of cases.entries()) {
        const fault = caseFault(each);
        if (fault !== null) return { kind: "invalid", reason: `case ${nth + 1}: ${fault}; none of the cases was added` };
      }
      if (repos) {
        const defined = await define(suite, repos, by);
        if (defined.kind !== "recorded") return defined;
      }
      const ref = view.get(suite)?.canaryKey;
      if (!ref) return { kind: "unknown_suite", reason: "there is no suite of this name; say which repositories it covers to make it" };
      const [key] = await openTexts(deps, [ref]);
      const caseIds = cases.map(() => newId("case"));
      const sealed = await sealCases(deps, suite, Buffer.from(String(key), "hex"), cases, caseIds);
      const answer = await tell(suite, { kind: "add", cases: sealed }, by);
      return answer.kind === "recorded" ? { kind: "added", caseIds } : answer;
    },
    async run(suite, { sha, change, candidate, visible }, by) {
      if (running) return BUSY;
      const ask = askOf(candidate);
      if (!ask) return { kind: "invalid", reason: "a candidate's address is http on this machine: http://127.0.0.1:PORT/path" };
      const runId = newId("run");
      // Taken before anything is waited for: two that start at once are one too many.
      const mine = { runId, done: Promise.resolve() };
      running = mine;
      const end = (): void => {
        if (running === mine) running = null;
      };
      try {
        const answer = await tell(suite, { kind: "start", runId, sha, changeId: change, visible }, by);
        const state = view.get(suite);
        if (answer.kind !== "recorded" || !state) {
          end();
          return answer as HoldbackRefusal;
        }
        // Exactly those that were written down as read, whatever is added or retired meanwhile.
        const read = new Set(answer.facts.map(({ data }) => data["caseId"]));
        const cases = [...state.cases.values()].filter(({ caseId }) => read.has(caseId));
        const why = (error: unknown): void =>
          trouble(`a holdback run ended without a verdict: ${error instanceof Error ? error.message : ""}`);
        mine.done = judgeRun(suite, runId, cases, ask, by).catch(why).finally(end);
        return { kind: "started", runId, done: mine.done };
      } catch (error) {
        end();
        throw error;
      }
    },
    async retire(suite, caseIds, because, by) {
      const live = new Set(liveIds(view.get(suite)));
      const answer = await tell(suite, { kind: "retire", cases: caseIds, because }, by);
      if (answer.kind !== "recorded") return answer;
      return { kind: "retired", caseIds: [...new Set(caseIds)].filter((caseId) => live.has(caseId)) };
    },
    leakedIn(suite, text) {
      const found = canariesIn(text);
      const state = view.get(suite);
      return state ? liveCases(state).flatMap(({ caseId, canary }) => (found.has(canary) ? [caseId] : [])) : [];
    },
    broken: following.broken,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running?.done;
      await following[Symbol.asyncDispose]();
    },
  };
}

const liveIds = (state: HoldbackState | null): readonly string[] => (state ? liveCases(state).map(({ caseId }) => caseId) : []);
