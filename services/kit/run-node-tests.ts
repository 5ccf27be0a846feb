import { availableParallelism } from "node:os";
import { run } from "node:test";

interface Failure {
  readonly name: string;
  readonly file: string;
  readonly error: string;
}

/** Runs test files, each in a process of its own, and counts tests (not suites). No test at all is a failure. */
export async function runNodeTests(files: readonly string[]): Promise<{ passed: number; failed: number; output: string }> {
  let passed = 0;
  const failures: Failure[] = [];
  const events = run({
    files: [...files],
    concurrency: Math.max(1, availableParallelism()),
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  events.on("test:pass", ({ details }) => {
    if (details.type !== "suite") passed += 1;
  });
  events.on("test:fail", ({ name, file, details }) => {
    // A suite fails with its tests, which are counted; or by itself, and then its tests never ran.
    const byItsTests = (details.error as { failureType?: string }).failureType === "subtestsFailed";
    if (details.type !== "suite" || !byItsTests) failures.push({ name, file: file ?? "", error: messageOf(details.error) });
  });
  events.resume();
  await new Promise((resolve, reject) => events.once("end", resolve).once("error", reject));
  if (passed === 0 && failures.length === 0) failures.push({ name: "no test ran", file: "", error: "" });
  return {
    passed,
    failed: failures.length,
    output: failures.map(({ name, file, error }) => `  ${file}\n  ✗ ${name}\n    ${error}`).join("\n\n"),
  };
}

function messageOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause.stack ?? cause.message).split("\n").slice(0, 30).join("\n    ");
}
