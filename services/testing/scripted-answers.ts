import { readFileSync } from "node:fs";
import type { Tokens } from "../../schemas/tokens.ts";

/** What the stand-in for the model answered in a recorded run. Refused and cut calls have no usage that an agent could know. */
interface Answer {
  readonly mock_reply?: {
    readonly cut?: boolean;
    readonly status?: number;
    readonly usage?: { readonly input: number; readonly cached?: number; readonly output: number; readonly reasoning?: number };
  } | null;
}

/**
 * The tokens of a run as the model counted them, as disjoint buckets: the truth that no translator had a hand in.
 * @param reasoningIn whether the provider's output count includes reasoning
 */
export function answeredTokens(run: string, reasoningIn: "output" | "its own count"): Tokens {
  const answers = JSON.parse(readFileSync(new URL(`./captures/${run}/llm.requests.json`, import.meta.url), "utf8")) as Answer[];
  const sums = { input: 0, cacheRead: 0, output: 0, reasoning: 0 };
  for (const { mock_reply: reply } of answers) {
    if (!reply?.usage || reply.cut || reply.status !== undefined) continue;
    const { input, cached = 0, output, reasoning = 0 } = reply.usage;
    sums.input += input - cached;
    sums.cacheRead += cached;
    sums.output += reasoningIn === "output" ? output - reasoning : output;
    sums.reasoning += reasoning;
  }
  return sums;
}
