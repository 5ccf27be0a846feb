import { isDeepStrictEqual } from "node:util";
import type { PriceRow } from "../../schemas/price.ts";
import { clashes, faultOf } from "../domain/cost/prices-check.ts";
import type { Actor } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import { appendPrices } from "./append-prices.ts";
import { readPriceHistory } from "./price-history.ts";

const ATTEMPTS = 5;

export interface PriceChangeBy {
  readonly actor: Actor;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly reason: string | undefined;
}

export type PricesChanged =
  | { readonly kind: "ok"; readonly value: { readonly published: number; readonly unchanged: number } }
  | { readonly kind: "invalid" | "conflict"; readonly reason: string; readonly hint?: string };

/**
 * Publishes rows of a person: all of them or none. Rows with a known `priceId` replace it. Refused is what would leave
 * usage without a price, because two rows would apply with equal right.
 */
export async function publishPrices(store: EventStore, rows: readonly PriceRow[], by: PriceChangeBy): Promise<PricesChanged> {
  for (const row of rows) {
    const fault = faultOf(row);
    if (fault) return { kind: "invalid", reason: `price ${fault.priceId}: ${fault.reason}` };
  }
  if (new Set(rows.map(({ priceId }) => priceId)).size < rows.length)
    return { kind: "invalid", reason: "every row needs a priceId of its own" };

  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const history = await readPriceHistory(store);
    const changed = rows.filter((row) => !isDeepStrictEqual(history.states.get(row.priceId)?.row, row));
    const moved = changed.find(({ priceId, provider }) => ![undefined, provider].includes(history.states.get(priceId)?.row?.provider));
    if (moved) return { kind: "conflict", reason: `price ${moved.priceId} belongs to another provider; choose another priceId` };

    const replaced = new Set(changed.map(({ priceId }) => priceId));
    const untouched = history.book.rows().filter(({ priceId }) => !replaced.has(priceId));
    const pair = clashes([...changed, ...untouched]).find((both) => both.some(({ priceId }) => replaced.has(priceId)));
    if (pair) {
      return {
        kind: "conflict",
        reason: `prices ${pair[0].priceId} and ${pair[1].priceId} would both apply to the same usage`,
        hint: "end one of them where the other begins (its `to`), and publish both together; a contract price needs no such end",
      };
    }
    if (await appendPrices(store, { rows: changed, withdrawn: [] }, history, by)) {
      return { kind: "ok", value: { published: changed.length, unchanged: rows.length - changed.length } };
    }
  }
  return { kind: "conflict", reason: "the prices kept changing in the meantime; try again" };
}

export type PriceGone = { readonly kind: "ok" } | { readonly kind: "not_found" | "conflict"; readonly reason: string };

/** Takes a price back that should never have been published: what it priced is priced by another row, or unpriced. */
export async function withdrawPrice(
  store: EventStore,
  priceId: string,
  by: PriceChangeBy & { readonly reason: string },
): Promise<PriceGone> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const history = await readPriceHistory(store);
    const row = history.states.get(priceId)?.row;
    if (!row) return { kind: "not_found", reason: "no price has this priceId" };
    const withdrawn = [{ priceId, provider: row.provider, reason: by.reason }];
    if (await appendPrices(store, { rows: [], withdrawn }, history, by)) return { kind: "ok" };
  }
  return { kind: "conflict", reason: "the prices kept changing in the meantime; try again" };
}
