import { readFileSync } from "node:fs";
import type { Counted } from "./count-usage.ts";

/** Tokens without the life of cache writes, which not every signal tells. */
export interface Used {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** What the scripted model answered in a recorded run: what the run used, from a source that no translator has seen. */
export function answered(run: string): Used {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };
  const lines = readFileSync(new URL(`./captures/${run}/llm.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  for (const line of lines) {
    const usage = (JSON.parse(line) as { reply?: { usage?: Record<string, number> } }).reply?.usage;
    if (!usage) continue;
    sum.input += usage["input_tokens"] ?? 0;
    sum.cacheRead += usage["cache_read_input_tokens"] ?? 0;
    sum.cacheWrite += usage["cache_creation_input_tokens"] ?? 0;
    sum.output += usage["output_tokens"] ?? 0;
  }
  return sum;
}

/** What was counted, in the same shape. The scripted model never thought and never wrote for an hour. */
export function usedIn({ tokens }: Counted): Used {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, output, reasoning } = tokens;
  if (cacheWrite1h !== 0 || reasoning !== 0) throw new Error("tokens that no recorded run has");
  return { input, cacheRead, cacheWrite: cacheWrite5m + cacheWriteOther, output };
}
