import type { CostMovement } from "../../schemas/cost.ts";

/** Columns of sums, in every table that has them. `movements` is left out where a row is one movement. */
export const AMOUNTS = [
  "input",
  "cache_read",
  "cache_write",
  "output",
  "reasoning",
  "pico",
  "reported",
  "reported_count",
  "unpriced",
] as const;
export const SUMS = [...AMOUNTS, "movements"] as const;

type Amounts = Pick<CostMovement, "tokens" | "pico" | "reportedPico" | "unpriced">;

/** What movements add up to, exactly, however many and however large. One place per column of `SUMS`. */
export type Sums = readonly bigint[];

export const noSums: Sums = SUMS.map(() => 0n);

export function sumsOf({ tokens, pico, reportedPico, unpriced }: Amounts): Sums {
  return [
    BigInt(tokens.input ?? 0),
    BigInt(tokens.cacheRead ?? 0),
    BigInt((tokens.cacheWrite5m ?? 0) + (tokens.cacheWrite1h ?? 0) + (tokens.cacheWriteOther ?? 0)),
    BigInt(tokens.output ?? 0),
    BigInt(tokens.reasoning ?? 0),
    BigInt(pico),
    BigInt(reportedPico ?? 0),
    reportedPico === undefined ? 0n : 1n,
    BigInt(unpriced),
    1n,
  ];
}

export const plus = (a: Sums, b: Sums): Sums => a.map((each, nth) => each + (b[nth] ?? 0n));

/** As JSON that ClickHouse reads without losing a digit. */
export const cellsOf = (sums: Sums): string[] => sums.map(String);

export const namedSums = (sums: Sums): Record<string, string> => Object.fromEntries(SUMS.map((name, nth) => [name, String(sums[nth])]));

/** @param named as `namedSums` made it, or a row of a table */
export const sumsFrom = (named: Readonly<Record<string, unknown>>): Sums => SUMS.map((name) => BigInt(String(named[name] ?? 0)));
