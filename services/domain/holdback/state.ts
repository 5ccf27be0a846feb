import {
  type CaseClass,
  type CaseKind,
  HoldbackCaseAdded,
  HoldbackCaseRead,
  HoldbackCaseRetired,
  HoldbackRunFinished,
  HoldbackRunStarted,
  HoldbackSuiteDefined,
  type RetiredBecause,
  type Tally,
} from "../../../schemas/holdback.ts";
import { canonicalJson, sha256Of } from "../canonical-json.ts";
import { dataOf, type Happened } from "../fact.ts";
import type { Judgement } from "./verdict.ts";

/** Where sealed text lies and what it must be. */
export interface SealedRef {
  readonly kind: string;
  readonly length: number;
  readonly commitment?: string;
  readonly payloadId?: string;
  readonly keyId?: string;
}

export interface HoldbackCase {
  readonly caseId: string;
  readonly digest: string;
  readonly class: CaseClass;
  readonly kind: CaseKind;
  /** SHA-256 of its canary. */
  readonly canary: string;
  readonly sealed: SealedRef;
  readonly addedAt: string;
  reads: number;
  retired: RetiredBecause | null;
}

export interface HoldbackRun {
  readonly runId: string;
  /** Of the set of cases that it was judged by. */
  readonly digest: string;
  readonly sha: string;
  readonly changeId: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly visible: Tally | null;
  /** null: it has no verdict, and never gets one unless it still runs. */
  result: (Judgement & { readonly at: string; readonly durationMs: number }) | null;
}

/** Where one suite stands. */
export interface HoldbackState {
  readonly suite: string;
  repos: readonly string[];
  readonly canaryKey: SealedRef;
  readonly cases: Map<string, HoldbackCase>;
  readonly runs: Map<string, HoldbackRun>;
  /** The newest run with a verdict, by commit. */
  readonly verdicts: Map<string, HoldbackRun>;
  /** Of the live cases. */
  digest: string;
}

/** Takes one event of the stream `holdback-<suite>`. Changes `state`. Events of types it does not know change nothing. */
export function foldHoldback(state: HoldbackState | null, event: Pick<Happened, "type" | "recordedat" | "data">): HoldbackState | null {
  const defined = dataOf(HoldbackSuiteDefined, event);
  if (defined && !state) {
    return { ...defined, cases: new Map(), runs: new Map(), verdicts: new Map(), digest: digestOfCases([]) };
  }
  if (!state) return null;
  if (defined) state.repos = defined.repos;
  const at = event.recordedat;
  const added = dataOf(HoldbackCaseAdded, event);
  if (added) {
    const { suite: _suite, ...rest } = added;
    state.cases.set(added.caseId, { ...rest, addedAt: at, reads: 0, retired: null });
    state.digest = "";
  }
  const read = dataOf(HoldbackCaseRead, event);
  const seen = read && state.cases.get(read.caseId);
  if (seen) seen.reads += 1;
  const retired = dataOf(HoldbackCaseRetired, event);
  const gone = retired && state.cases.get(retired.caseId);
  if (gone) {
    gone.retired ??= retired.because;
    state.digest = "";
  }
  const started = dataOf(HoldbackRunStarted, event);
  if (started) {
    const { suite: _suite, visible = null, ...rest } = started;
    state.runs.set(started.runId, { ...rest, visible, startedAt: at, result: null });
  }
  const finished = dataOf(HoldbackRunFinished, event);
  const run = finished && state.runs.get(finished.runId);
  if (run) {
    const { passed, total, classes, satisfaction, verdict, durationMs } = finished;
    run.result = { passed, total, classes, satisfaction, verdict, durationMs, at };
    state.verdicts.set(run.sha, run);
  }
  return state;
}

export const liveCases = (state: HoldbackState): readonly HoldbackCase[] =>
  [...state.cases.values()].filter(({ retired }) => retired === null);

/** Names the set of cases that decides now. */
export function suiteDigest(state: HoldbackState): string {
  // Worked out when it is asked for: many cases are added at once.
  if (state.digest === "") state.digest = digestOfCases(liveCases(state));
  return state.digest;
}

const digestOfCases = (cases: readonly HoldbackCase[]): string =>
  sha256Of(canonicalJson(cases.map(({ caseId, digest }) => [caseId, digest]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))));
