import type { HoldbackVerdict } from "../decision/input.ts";
import { type HoldbackRun, type HoldbackState, liveCases, suiteDigest } from "./state.ts";
import { type Gap, gapOf } from "./verdict.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A verdict that is older says little about what is merged today. */
const VERDICT_DAYS = 14;
const GAP_DAYS = 28;

/** What a run's verdict is worth at this moment (milliseconds); null: it has none. */
export function standingVerdict(state: HoldbackState, { result, digest }: HoldbackRun, nowMs: number): HoldbackVerdict["verdict"] | null {
  if (!result) return null;
  const fresh = digest === suiteDigest(state) && nowMs - Date.parse(result.at) <= VERDICT_DAYS * DAY_MS;
  return fresh ? result.verdict : "stale";
}

/** The worst first: one suite that is not content keeps the gate shut. */
const WORST = ["failed", "stale", "passed"] as const;

/**
 * What all suites of a repository say of a commit, as one verdict; null: no suite covers it, or one has not judged it.
 * Suites without a live case judge nothing.
 */
export function verdictOf(states: readonly HoldbackState[], repo: string, sha: string, nowMs: number): HoldbackVerdict | null {
  const found: HoldbackVerdict[] = [];
  let missing = false;
  for (const state of states) {
    if (!state.repos.includes(repo) || liveCases(state).length === 0) continue;
    const run = state.verdicts.get(sha);
    const verdict = run && standingVerdict(state, run, nowMs);
    if (run?.result && verdict) found.push({ suite: state.suite, sha, verdict, at: run.result.at });
    else missing = true;
  }
  const worst = WORST.flatMap((verdict) => found.filter((each) => each.verdict === verdict))[0] ?? null;
  // A failure is known whatever another suite will say.
  return missing && worst?.verdict !== "failed" ? null : worst;
}

/** Over the judged runs of the last 28 days that came with visible counts. */
export function recentGap(state: HoldbackState, nowMs: number): Gap | null {
  const visible = { passed: 0, total: 0 };
  const holdback = { passed: 0, total: 0 };
  for (const run of state.runs.values()) {
    if (!run.result || !run.visible || nowMs - Date.parse(run.result.at) > GAP_DAYS * DAY_MS) continue;
    visible.passed += run.visible.passed;
    visible.total += run.visible.total;
    holdback.passed += run.result.passed;
    holdback.total += run.result.total;
  }
  return gapOf(visible, holdback);
}
