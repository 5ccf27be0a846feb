import { isDeepStrictEqual } from "node:util";
import type { PriceRow } from "../../schemas/price.ts";
import type { PriceFile } from "../../schemas/prices/price-file.ts";
import { clashes } from "../domain/cost/prices-check.ts";
import { rowsOfFile } from "../domain/cost/prices-of-file.ts";
import type { EventStore } from "../ports/event-store.ts";
import { appendPrices, type PriceWrites } from "./append-prices.ts";
import { type PriceHistory, readPriceHistory } from "./price-history.ts";

const SHIPPER = { kind: "service", id: "prices" } as const;
const SHIPPED = "/services/prices";
const ATTEMPTS = 5;

export interface ShippedPublished {
  readonly published: number;
  readonly withdrawn: number;
  /** Shipped rows that stay away because a person decided otherwise. */
  readonly kept: readonly { readonly priceId: string; readonly reason: "set_by_hand" | "clashes" }[];
}

/**
 * Publishes what the shipped price files say and the log does not. Run at every start: the second run appends nothing.
 * A row that a person published or withdrew stays as the person left it, a row that would clash with a person's row stays
 * away, and an older release never takes back what a newer one has seen.
 */
export async function publishShippedPrices(store: EventStore, files: readonly PriceFile[], at: string): Promise<ShippedPublished> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const history = await readPriceHistory(store);
    const { writes, kept } = decide(files, history);
    const by = { actor: SHIPPER, at, reason: "price file of this release" };
    if (await appendPrices(store, writes, history, by)) {
      return { published: writes.rows.length, withdrawn: writes.withdrawn.length, kept };
    }
  }
  throw new Error("the prices kept changing while the shipped ones were published; start again");
}

function decide(files: readonly PriceFile[], { states, book }: PriceHistory): { writes: PriceWrites; kept: ShippedPublished["kept"] } {
  const kept: ShippedPublished["kept"][number][] = [];
  const byHand = (priceId: string): boolean => states.has(priceId) && states.get(priceId)?.source !== SHIPPED;
  const rows: PriceRow[] = [];
  for (const row of files.flatMap(rowsOfFile)) {
    const known = states.get(row.priceId);
    if (byHand(row.priceId)) kept.push({ priceId: row.priceId, reason: "set_by_hand" });
    else if (!known?.row || (!isDeepStrictEqual(known.row, row) && known.row.seen.on <= row.seen.on)) rows.push(row);
  }
  const replaced = new Set(rows.map(({ priceId }) => priceId));
  const pairs = clashes([...rows, ...book.rows().filter(({ priceId }) => !replaced.has(priceId))]);
  const clashing = new Set(pairs.flatMap((pair) => pair.map(({ priceId }) => priceId)).filter((priceId) => replaced.has(priceId)));
  kept.push(...[...clashing].map((priceId) => ({ priceId, reason: "clashes" as const })));

  const withdrawn = files.flatMap(({ provider, withdrawn: wrong }) =>
    wrong.filter(({ priceId }) => states.get(priceId)?.row && !byHand(priceId)).map((each) => ({ ...each, provider })),
  );
  return { writes: { rows: rows.filter(({ priceId }) => !clashing.has(priceId)), withdrawn }, kept };
}
