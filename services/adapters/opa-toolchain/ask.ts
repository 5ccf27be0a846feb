import type { PolicyAnswer, PolicyFiles, PolicyProblem } from "../../ports/policy-compiler.ts";
import { checkFiles } from "./check-files.ts";
import type { Asked, Overrun, Toolchain } from "./toolchain.ts";

interface RawAnswer {
  readonly problems?: readonly PolicyProblem[];
  readonly value?: unknown;
  /** A defect of the toolchain. */
  readonly fault?: string;
}

/** Asks about files that were looked at before: see `Question` in policies/toolchain/main.go. */
export async function askAbout<Value>(
  toolchain: Toolchain,
  files: PolicyFiles,
  question: { readonly op: string; readonly [more: string]: unknown },
  asked: Asked,
): Promise<PolicyAnswer<Value> | { readonly kind: "overrun"; readonly overrun: Overrun }> {
  const problems = checkFiles(files);
  if (problems.length > 0) return { kind: "refused", problems };
  const outcome = await toolchain.ask(JSON.stringify({ ...question, files: Object.fromEntries(files) }), asked);
  if (outcome === "too_slow" || outcome === "too_large" || outcome === "too_deep") return { kind: "overrun", overrun: outcome };
  const answer = JSON.parse(outcome) as RawAnswer;
  if (answer.fault !== undefined) throw new Error(`the policy toolchain failed: ${answer.fault}`);
  return answer.problems ? { kind: "refused", problems: answer.problems } : { kind: "ok", value: answer.value as Value };
}

const OVERRUNS: Readonly<Record<Overrun, { readonly message: string; readonly hint: string }>> = {
  too_slow: {
    message: "it takes too long and was stopped",
    hint: "Split what is long or deep in one rule: chains of else or +, every within every, loops within loops.",
  },
  too_large: { message: "it takes too much memory and was stopped", hint: "Split the policies, or keep large tables in the policy data." },
  too_deep: { message: "it is nested too deeply", hint: "Split the expression into rules." },
};

export const overrunProblem = (overrun: Overrun): PolicyProblem => ({ code: overrun, ...OVERRUNS[overrun] });
