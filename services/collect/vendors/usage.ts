import type { Usage } from "../../../schemas/session.ts";
import type { Tokens } from "../../../schemas/tokens.ts";
import type { Attributes } from "../otlp/model.ts";
import { amount, count } from "./values.ts";

/** How much a report of usage is trusted against another one of the same call. */
export const RANK = { log: 7, span: 5, metric: 3 } as const;

/** The buckets that have something in them; an absent one is zero. */
export function tokensOf(counts: { readonly [bucket in keyof Tokens]: number | undefined }): Tokens {
  const tokens: Tokens = {};
  for (const bucket in counts) {
    const value = counts[bucket as keyof Tokens];
    if (value !== undefined && value !== 0) tokens[bucket as keyof Tokens] = value;
  }
  return tokens;
}

/** Counts as OpenTelemetry and OpenAI give them: input with what was cached, output with reasoning. */
export interface Inclusive {
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
}

/**
 * Takes the parts out of their wholes. Parts that are larger than their whole cannot be in it: then each figure is taken
 * as it is, and all of them are marked as estimated.
 */
export function disjoint({
  input = 0,
  cacheRead = 0,
  cacheWrite = 0,
  output = 0,
  reasoning = 0,
}: Inclusive): Pick<Usage, "tokens" | "quality"> {
  const uncached = input - cacheRead - cacheWrite;
  const visible = output - reasoning;
  const fits = uncached >= 0 && visible >= 0;
  return {
    tokens: tokensOf({
      input: uncached < 0 ? input : uncached,
      cacheRead,
      cacheWriteOther: cacheWrite,
      output: visible < 0 ? output : visible,
      reasoning,
    }),
    quality: fits ? "exact" : "estimated",
  };
}

/** The first of these attributes that is there and is not a number: such a record cannot be counted. */
export const notANumber = (attributes: Attributes, keys: readonly string[]): string | undefined =>
  keys.find((key) => attributes[key] !== undefined && attributes[key] !== null && amount(attributes, key) === undefined);

/** The whole prompt: what decides the price band. */
export const promptOf = (tokens: Tokens): number =>
  (tokens.input ?? 0) + (tokens.cacheRead ?? 0) + (tokens.cacheWrite5m ?? 0) + (tokens.cacheWrite1h ?? 0) + (tokens.cacheWriteOther ?? 0);

/** A cache write by time to live, where the sender tells; what it does not explain keeps the bucket of unknown life. */
export function cacheWrites(attributes: Attributes, total: string, fiveMinutes: string, oneHour: string): Tokens {
  const short = count(attributes, fiveMinutes) ?? 0;
  const long = count(attributes, oneHour) ?? 0;
  return tokensOf({
    cacheWrite5m: short,
    cacheWrite1h: long,
    cacheWriteOther: Math.max(0, (count(attributes, total) ?? 0) - short - long),
  });
}
