import { type Static, Type } from "typebox";
import { Count, SignedCount } from "./primitives.ts";

/** The disjoint token buckets. Their sum is everything that was billed; none contains another. */
export const TOKEN_BUCKETS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWriteOther", "output", "reasoning"] as const;

export type TokenBucket = (typeof TOKEN_BUCKETS)[number];

/** A bucket, as a schema. */
export const Meter = Type.Union([
  Type.Literal("input"),
  Type.Literal("cacheRead"),
  Type.Literal("cacheWrite5m"),
  Type.Literal("cacheWrite1h"),
  Type.Literal("cacheWriteOther"),
  Type.Literal("output"),
  Type.Literal("reasoning"),
]);

const buckets = <T extends typeof Count | typeof SignedCount>(count: T) =>
  Type.Object(
    {
      input: Type.Optional(count),
      cacheRead: Type.Optional(count),
      cacheWrite5m: Type.Optional(count),
      cacheWrite1h: Type.Optional(count),
      cacheWriteOther: Type.Optional(count),
      output: Type.Optional(count),
      reasoning: Type.Optional(count),
    },
    { additionalProperties: false },
  );

/** Counts as reported; an absent bucket is zero. `output` is visible output, without reasoning. */
export const Tokens = buckets(Count);
export type Tokens = Static<typeof Tokens>;

/** A movement in the ledger: a reversal is negative. */
export const TokenDelta = buckets(SignedCount);
export type TokenDelta = Static<typeof TokenDelta>;
