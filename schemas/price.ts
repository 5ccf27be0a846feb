import { type Static, Type } from "typebox";
import { type DataOf, event } from "./event.ts";
import { Count, Id, LIMITS, Name, ShortText, Timestamp, WebUri } from "./primitives.ts";
import { Meter } from "./tokens.ts";

/** A non-negative amount of US dollars for a million tokens; six decimals at most, so that a token costs whole pico-dollars. */
const Amount = Type.String({ pattern: "^\\d{1,9}(\\.\\d{1,6})?$" });

/**
 * One price: a meter of a model on a route and tier, for prompts of a size, between two dates.
 * Half-open in time: from <= occurred < to. The band counts the whole prompt, cache reads and writes included.
 */
export const PriceRow = Type.Object(
  {
    priceId: Id,
    provider: Name,
    /** `direct`, `bedrock`, `vertex`, `azure`, `gateway`, or `*` for any. */
    route: Name,
    /** The model's id; a trailing `*` matches any ending. */
    model: Name,
    aliases: Type.Optional(Type.Array(Name, { maxItems: 32 })),
    meter: Meter,
    /** `standard`, `batch`, `flex`, `priority`, `fast`. */
    serviceTier: Name,
    /** `global`, `us`, `eu` …; `*` for any. */
    region: Name,
    /** Whole request at this price when its prompt has more than `over` and at most `upTo` tokens. */
    promptBand: Type.Optional(
      Type.Object(
        { over: Count, upTo: Type.Union([Type.Integer({ minimum: 1, maximum: LIMITS.tokens }), Type.Null()]) },
        { additionalProperties: false },
      ),
    ),
    /** US dollars for one million tokens. */
    usdPerMillion: Amount,
    from: Timestamp,
    to: Type.Union([Timestamp, Type.Null()]),
    kind: Type.Union([Type.Literal("list"), Type.Literal("contract"), Type.Literal("internal_transfer")]),
    /** Where the figure was read, and when. */
    seen: Type.Object({ uri: WebUri, on: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }) }, { additionalProperties: false }),
    note: Type.Optional(ShortText),
  },
  { additionalProperties: false },
);
export type PriceRow = Static<typeof PriceRow>;

export const PricePublished = event(
  "price.published",
  1,
  "platform",
  "A price is known. Publishing the same `priceId` again corrects it from its own dates on.",
  Type.Object({ row: PriceRow, reason: Type.Optional(ShortText) }),
);

export const PriceWithdrawn = event(
  "price.withdrawn",
  1,
  "platform",
  "A price should never have been published.",
  Type.Object({ priceId: Id, reason: ShortText }),
);

export type PricePublishedData = DataOf<typeof PricePublished>;

export const priceEvents = [PricePublished, PriceWithdrawn] as const;
