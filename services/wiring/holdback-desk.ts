import type { RunView, SuiteDetail, SuiteView } from "../../schemas/holdback-api.ts";
import type { HoldbackDesk, Outcome } from "../api/deps.ts";
import { recentGap, standingVerdict } from "../domain/holdback/standing.ts";
import { type HoldbackRun, type HoldbackState, liveCases } from "../domain/holdback/state.ts";
import type { Holdback, HoldbackDeclined } from "../holdback/holdback.ts";
import type { Lines } from "../line/lines.ts";

const SHOWN_RUNS = 20;
const NO_SUITE = { kind: "not_found", reason: "there is no suite of this name" } as const;

/** Holdback suites for people: counts, and never a case. */
export function makeHoldbackDesk(holdback: Holdback, lines: Pick<Lines, "observe">, now: () => number): HoldbackDesk {
  const runView = (state: HoldbackState, run: HoldbackRun): RunView => {
    const { runId, sha, changeId, attempt, startedAt, result } = run;
    const verdict = standingVerdict(state, run, now());
    return {
      ...{ id: runId, suite: state.suite, sha, change: changeId, attempt, startedAt },
      state: result ? "finished" : holdback.isRunning(runId) ? "running" : "broken",
      result: result && verdict && { ...result, verdict },
    };
  };
  const suiteView = (state: HoldbackState): SuiteView => {
    const live = liveCases(state);
    const count = (of: "critical" | "normal"): number => live.filter((each) => each.class === of).length;
    const repeated = live.filter(({ kind }) => kind === "repeated").length;
    return {
      suite: state.suite,
      repos: [...state.repos],
      cases: { critical: count("critical"), normal: count("normal"), repeated, retired: state.cases.size - live.length },
      gap: recentGap(state, now()),
      runs: [...state.runs.values()]
        .slice(-SHOWN_RUNS)
        .reverse()
        .map((run) => runView(state, run)),
    };
  };
  const detail = (suite: string): Outcome<SuiteDetail> => {
    const state = holdback.get(suite);
    if (!state) return NO_SUITE;
    const caseList = [...state.cases.values()].map(({ caseId, kind, addedAt, reads, retired, class: of }) => ({
      ...{ id: caseId, class: of, kind, addedAt, reads, retired },
    }));
    return { kind: "ok", value: { ...suiteView(state), caseList } };
  };
  const readRun = (suite: string, runId: string): Outcome<RunView> => {
    const state = holdback.get(suite);
    const run = state?.runs.get(runId);
    return state && run ? { kind: "ok", value: runView(state, run) } : { kind: "not_found", reason: "the suite has no run with this id" };
  };

  return {
    list: () => holdback.list().map(suiteView),
    get: detail,
    readRun,
    async add(suite, { repos, cases }, by) {
      const answer = await holdback.add(suite, repos, cases, by);
      return answer.kind === "added" ? detail(suite) : declined(answer);
    },
    async run(suite, run, by) {
      const answer = await holdback.run(suite, run, by);
      return answer.kind === "started" ? readRun(suite, answer.runId) : declined(answer);
    },
    async retire(suite, { because, cases = [], text }, by) {
      const state = holdback.get(suite);
      if (!state) return NO_SUITE;
      const caseIds = [...cases, ...(text === undefined ? [] : holdback.leakedIn(suite, text))];
      const answer = await holdback.retire(suite, caseIds, because, by);
      if (answer.kind !== "retired") return declined(answer);
      const retired = [...answer.caseIds];
      if (because === "contaminated" && retired.length > 0) {
        // Whoever could read the cases may have worked to them: the repositories' cords are pulled.
        const observed = { rule: "holdback_contamination", cases: retired.length, evidence: retired.slice(0, 20) } as const;
        for (const name of state.repos) await lines.observe({ ...observed, scope: { kind: "repo", name } });
      }
      return { kind: "ok", value: { retired } };
    },
  };
}

function declined({ kind, reason }: HoldbackDeclined): Outcome<never> {
  switch (kind) {
    case "unknown_suite":
    case "unknown_case":
    case "unknown_run":
      return { kind: "not_found", reason };
    case "invalid":
      return { kind: "invalid", reason };
    default:
      return { kind: "conflict", reason };
  }
}
