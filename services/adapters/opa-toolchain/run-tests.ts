import type { PolicyAnswer, PolicyFiles, PolicyTestResult, TestedPolicies, TestOptions } from "../../ports/policy-compiler.ts";
import { askAbout, overrunProblem } from "./ask.ts";
import type { Overrun, Toolchain } from "./toolchain.ts";

type Started = { readonly started: string; readonly file: string; readonly line: number };
type TestEvent = Started | { readonly finished: PolicyTestResult };

/** Tests that had to be stopped from outside; each costs a new start, so that a folder full of them ends soon. */
const MOST_STOPPED = 5;
/** The toolchain stops a test itself, unless one built-in function takes all the time. A failed test runs twice. */
const GRACE_MS = 2_000;

/** Runs the tests. One that never ends is stopped with its thread, and the others run again without it. */
export async function runTests(
  toolchain: Toolchain,
  files: PolicyFiles,
  { only = "", timeoutMs = 5_000, progress }: TestOptions,
  patienceMs: number,
): Promise<PolicyAnswer<TestedPolicies>> {
  const told = new Set<string>();
  const stopped: PolicyTestResult[] = [];
  const tell = (result: PolicyTestResult): void => {
    if (told.has(result.name)) return;
    told.add(result.name);
    progress?.(result);
  };
  for (;;) {
    let running: Started | null = null;
    const event = (json: string): void => {
      const happened = JSON.parse(json) as TestEvent;
      running = "started" in happened ? happened : null;
      if ("finished" in happened) tell(happened.finished);
    };
    const skip = stopped.map(({ name }) => name);
    const question = { op: "test", only, timeoutMs, skip };
    const answer = await askAbout<TestedPolicies>(toolchain, files, question, {
      patienceMs,
      event,
      eventPatienceMs: 2 * timeoutMs + GRACE_MS,
    });
    if (answer.kind === "refused") return answer;
    if (answer.kind === "ok") return { kind: "ok", value: { ...answer.value, results: inOrder([...answer.value.results, ...stopped]) } };
    if (!running || stopped.length === MOST_STOPPED) return { kind: "refused", problems: [overrunProblem(answer.overrun)] };
    const result = stoppedTest(running, answer.overrun, timeoutMs);
    stopped.push(result);
    tell(result);
  }
}

function stoppedTest({ started, file, line }: Started, overrun: Overrun, timeoutMs: number): PolicyTestResult {
  const place = { name: started, file, line, durationNs: timeoutMs * 1_000_000 };
  if (overrun === "too_slow")
    return { ...place, outcome: "timeout", message: `the test did not end within ${timeoutMs} ms and was stopped` };
  return { ...place, durationNs: 0, outcome: "error", message: overrunProblem(overrun).message };
}

const inOrder = (results: readonly PolicyTestResult[]): PolicyTestResult[] =>
  results.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
