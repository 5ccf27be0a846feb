import { type Static, Type } from "typebox";
import { Count, LIMITS, Name, ShortText, Timestamp, WebUri } from "../primitives.ts";

/** A non-negative amount of US dollars for a million tokens; six decimals at most, as in `PriceRow`. */
const Amount = Type.String({ pattern: "^\\d{1,9}(\\.\\d{1,6})?$" });
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Key = "^[a-z0-9.-]{1,40}$";

const perMeter = Type.Object(
  {
    input: Type.Optional(Amount),
    cacheRead: Type.Optional(Amount),
    cacheWrite5m: Type.Optional(Amount),
    cacheWrite1h: Type.Optional(Amount),
    cacheWriteOther: Type.Optional(Amount),
    output: Type.Optional(Amount),
    reasoning: Type.Optional(Amount),
  },
  { additionalProperties: false, minProperties: 1 },
);

/**
 * The prices of one provider as people keep them: one entry for what changes together. `services/domain/cost/prices-of-file.ts`
 * turns an entry into one `PriceRow` for each meter, and again for each of its multiples.
 */
export const PriceFile = Type.Object(
  {
    provider: Name,
    /** Where figures were read, by a short name, and the day on which they stood there. */
    sources: Type.Record(Type.String({ pattern: Key }), Type.Object({ uri: WebUri, on: Day }, { additionalProperties: false })),
    /** Rules such as "a batch costs half": the figures of an entry times a fraction, under other circumstances. */
    multiples: Type.Optional(
      Type.Record(
        Type.String({ pattern: Key }),
        Type.Object(
          {
            route: Type.Optional(Name),
            region: Type.Optional(Name),
            serviceTier: Type.Optional(Name),
            by: Type.String({ pattern: "^[1-9]\\d{0,3}/[1-9]\\d{0,3}$" }),
            source: Type.String({ pattern: Key }),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    prices: Type.Array(
      Type.Object(
        {
          model: Name,
          aliases: Type.Optional(Type.Array(Name, { maxItems: 32 })),
          /** `direct` unless it says otherwise. */
          route: Type.Optional(Name),
          /** `*`, any, unless it says otherwise. */
          region: Type.Optional(Name),
          /** `standard` unless it says otherwise. */
          serviceTier: Type.Optional(Name),
          promptBand: Type.Optional(
            Type.Object(
              { over: Count, upTo: Type.Union([Type.Integer({ minimum: 1, maximum: LIMITS.tokens }), Type.Null()]) },
              { additionalProperties: false },
            ),
          ),
          from: Timestamp,
          to: Type.Union([Timestamp, Type.Null()]),
          usdPerMillion: perMeter,
          source: Type.String({ pattern: Key }),
          multiples: Type.Optional(Type.Array(Type.String({ pattern: Key }), { maxItems: 20 })),
          note: Type.Optional(ShortText),
        },
        { additionalProperties: false },
      ),
    ),
    /** Rows that should never have been published. Removing an entry from the file leaves its rows in force. */
    withdrawn: Type.Array(Type.Object({ priceId: Name, reason: ShortText }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type PriceFile = Static<typeof PriceFile>;
