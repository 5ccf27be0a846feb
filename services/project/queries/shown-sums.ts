import type { TokenSums } from "../../../schemas/api.ts";
import { usdOf } from "../../domain/cost/money.ts";
import type { Sums } from "../sums.ts";

export interface ShownSums {
  readonly tokens: TokenSums;
  readonly cost: string;
  readonly reportedCost: string | null;
  readonly unpriced: number;
  readonly events: number;
}

export function shown(sums: Sums): ShownSums {
  const [input = 0n, cacheRead = 0n, cacheWrite = 0n, output = 0n, reasoning = 0n] = sums;
  const [pico = 0n, reported = 0n, reportedCount = 0n, unpriced = 0n, movements = 0n] = sums.slice(5);
  return {
    tokens: {
      input: Number(input),
      cacheRead: Number(cacheRead),
      cacheWrite: Number(cacheWrite),
      output: Number(output),
      reasoning: Number(reasoning),
    },
    cost: usdOf(pico),
    reportedCost: reportedCount === 0n ? null : usdOf(reported),
    unpriced: Number(unpriced),
    events: Number(movements),
  };
}

export const tokensIn = (sums: Sums): bigint => sums.slice(0, 5).reduce((total, each) => total + each, 0n);
export const picoIn = (sums: Sums): bigint => sums[5] ?? 0n;
export const unpricedIn = (sums: Sums): bigint => sums[8] ?? 0n;
