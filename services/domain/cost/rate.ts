import type { RatedPart } from "../../../schemas/cost.ts";
import { TOKEN_BUCKETS, type TokenBucket, type TokenDelta } from "../../../schemas/tokens.ts";
import { regionOf, routeOf, tierOf } from "./models.ts";
import { type PriceBook, priceOf } from "./prices.ts";

export interface Ratable {
  readonly provider: string;
  readonly model: string;
  readonly route?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly region?: string | undefined;
  readonly promptTokens?: number | undefined;
  /** RFC 3339: chooses the price. */
  readonly occurredAt: string;
  /** Negative counts take back. */
  readonly tokens: TokenDelta;
}

export interface Rated {
  readonly parts: RatedPart[];
  /** Pico-dollars of everything that has a price. */
  readonly pico: bigint;
  /** Tokens for which there is none. */
  readonly unpriced: number;
}

/** Where a meter has no row of its own: reasoning is billed as output, a cache write of unknown life as the short one. */
const FALLBACK: Partial<Record<TokenBucket, TokenBucket>> = { reasoning: "output", cacheWriteOther: "cacheWrite5m" };

/**
 * What usage costs by the book: per bucket, tokens times the price at the time it happened, in whole pico-dollars.
 * Linear in the tokens, so what was counted can be taken back exactly. Each part names the row that priced it.
 */
export function rate(usage: Ratable, book: PriceBook): Rated {
  const prices = book.of(usage.provider, usage.model);
  const circumstances = {
    route: usage.route?.toLowerCase() ?? routeOf(usage.provider, usage.model),
    serviceTier: tierOf(prices.provider, usage.serviceTier),
    region: usage.region?.toLowerCase() ?? regionOf(usage.model),
    promptTokens: usage.promptTokens ?? null,
    occurredMs: Date.parse(usage.occurredAt),
  };
  const parts: RatedPart[] = [];
  let pico = 0n;
  let unpriced = 0;
  for (const meter of TOKEN_BUCKETS) {
    const quantity = usage.tokens[meter] ?? 0;
    if (quantity === 0) continue;
    const own = priceOf(meter, prices, circumstances);
    const other = FALLBACK[meter];
    const price = own === "none" && other !== undefined ? priceOf(other, prices, circumstances) : own;
    if (typeof price === "string") {
      parts.push({ meter, quantity, priceId: null, pico: "0", unpriced: price });
      unpriced += quantity;
    } else {
      const amount = BigInt(quantity) * price.picoPerToken;
      parts.push({ meter, quantity, priceId: price.row.priceId, pico: amount.toString() });
      pico += amount;
    }
  }
  return { parts, pico, unpriced };
}
