import { type Static, Type } from "typebox";
import { type DataOf, event } from "./event.ts";
import { Count, Id, Name, PicoUsd, ShortText, SignedCount, Timestamp } from "./primitives.ts";
import { Meter, TokenDelta } from "./tokens.ts";

/** One line of a rating: how many of which meter at which price. */
export const RatedPart = Type.Object(
  {
    meter: Meter,
    quantity: SignedCount,
    /** Null when no price row fits: the tokens are unpriced, which is not zero. */
    priceId: Type.Union([Id, Type.Null()]),
    /** Pico-dollars for the whole quantity; "0" when unpriced. */
    pico: PicoUsd,
    /** Why there is no price: no row fits, or several do with equal right and choosing one would be a guess. */
    unpriced: Type.Optional(Type.Union([Type.Literal("none"), Type.Literal("ambiguous")])),
  },
  { additionalProperties: false },
);
export type RatedPart = Static<typeof RatedPart>;

/**
 * One movement of the ledger. The sum of all movements is the total; nothing else is ever added up.
 * `entry` names what was rated, so that a correction can find it; a correction repeats it with the difference.
 */
const movement = {
  sessionId: Id,
  promptId: Type.Optional(Id),
  entry: Id,
  provider: Name,
  /** "unknown" when the agent did not say. */
  model: Name,
  route: Type.Optional(Name),
  serviceTier: Type.Optional(Name),
  region: Type.Optional(Name),
  promptTokens: Type.Optional(SignedCount),
  source: Type.Optional(Name),
  /** When the usage happened: chooses the price and the hour of the rollup. */
  occurredAt: Timestamp,
  tokens: TokenDelta,
  parts: Type.Array(RatedPart, { maxItems: 32 }),
  /** Computed cost in pico-dollars, without what is unpriced. */
  pico: PicoUsd,
  /** Cost in pico-dollars as the vendor reported it; absent when it reported none. */
  reportedPico: Type.Optional(PicoUsd),
  /** Tokens in this movement for which there is no price. */
  unpriced: SignedCount,
  quality: Type.Union([Type.Literal("exact"), Type.Literal("estimated"), Type.Literal("absent")]),
} as const;

export const CostComputed = event(
  "cost.computed",
  1,
  "platform",
  "Usage was counted and rated. `because` says why it counts.",
  Type.Object({
    ...movement,
    because: Type.Union([
      /** A model call, counted in full. */
      Type.Literal("request"),
      /** A better report of the same call replaced a worse one: the difference. */
      Type.Literal("replaced"),
      /** What a counter shows beyond the calls that were itemised, or the taking back of it once they are. */
      Type.Literal("residual"),
    ]),
  }),
);

/** Vendors report once: a correction of our prices says nothing of theirs. */
const { reportedPico: _, ...corrected } = movement;

export const CostRecomputed = event(
  "cost.recomputed",
  1,
  "platform",
  "A price correction re-rated an entry: the difference in money, with the price change that caused it. Its tokens are empty: they were counted before, only their parts move to another price.",
  Type.Object({ ...corrected, reason: ShortText }),
);

export const CostPricesApplied = event(
  "cost.prices.applied",
  1,
  "platform",
  "Every movement was held against the prices as they were known at a position of the log, and corrected where they differ.",
  Type.Object({
    /** Position of the last price event that was taken into account. */
    pricesUpTo: Id,
    /** Movements that were looked at, and corrections that were made. */
    checked: Count,
    corrected: Count,
  }),
);

export const CostSourceFound = event(
  "cost.source.found",
  1,
  "platform",
  "A process reports its calls one by one: its counters without a session are a cross-check from now on.",
  Type.Object({ sessionId: Id, process: Id, via: ShortText }),
);

export type CostMovement = DataOf<typeof CostComputed>;
export type CostCorrection = DataOf<typeof CostRecomputed>;

export const costEvents = [CostComputed, CostRecomputed, CostPricesApplied, CostSourceFound] as const;
