import type { Candidate } from "../../schemas/holdback-api.ts";
import type { HoldbackCase } from "../domain/holdback/state.ts";
import { type Judgement, judge, type Observed, runsOf } from "../domain/holdback/verdict.ts";
import { type Answered, type Asked, askProcess } from "./ask-process.ts";
import { askUrl, loopbackUrl } from "./ask-url.ts";
import { isRight } from "./compare.ts";
import { type OpenedCase, openTexts, type SealingDeps } from "./sealed-cases.ts";

export type Ask = (asked: Asked) => Promise<Answered>;

/** How a candidate is asked; null when it is no address on this machine. */
export function askOf(candidate: Candidate): Ask | null {
  if ("command" in candidate) return (asked) => askProcess(candidate.command, asked);
  const url = loopbackUrl(candidate.url);
  return url && ((asked) => askUrl(url, asked));
}

/**
 * Puts every case to a candidate, one after the other, and says how many it passed. Cases are opened one at a time: no more
 * than one is in memory.
 * @throws Error when the candidate cannot be reached, a case cannot be opened, or the signal aborts: there is no verdict then
 */
export async function runCases(deps: SealingDeps, cases: readonly HoldbackCase[], ask: Ask, signal: AbortSignal): Promise<Judgement> {
  const observed: Observed[] = [];
  for (const each of cases) {
    const [text] = await openTexts(deps, [each.sealed]);
    const { input, expect, timeLimitMs } = JSON.parse(String(text)) as OpenedCase;
    const runs = runsOf(each.kind);
    let right = 0;
    for (let nth = 0; nth < runs; nth++) {
      const answered = await ask({ input, timeLimitMs, signal });
      if (signal.aborted) throw new Error("the run was stopped");
      if (answered.kind === "unreachable") throw new Error("the candidate cannot be started or reached");
      if (answered.kind === "answer" && isRight(answered.text, expect)) right += 1;
    }
    observed.push({ class: each.class, kind: each.kind, right, runs });
  }
  return judge(observed);
}
