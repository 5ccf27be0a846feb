import type { Static } from "typebox";
import { PricePublished, PriceWithdrawn } from "../../schemas/price.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventReader } from "../ports/event-store.ts";

/** The price book as the event store has it, kept up to date. */
export interface LivePrices extends Following {
  readonly book: PriceBook;
  /** When a row was last published, RFC 3339. */
  publishedAt(priceId: string): string | undefined;
}

export async function followPrices(store: EventReader): Promise<LivePrices> {
  const book = new PriceBook();
  const published = new Map<string, string>();
  const following = await followCategory(store, "price", ({ type, data, recordedat }) => {
    if (type === PricePublished.type) {
      const { row } = data as Static<typeof PricePublished.data>;
      book.publish(row);
      published.set(row.priceId, recordedat);
    } else if (type === PriceWithdrawn.type) {
      const { priceId } = data as Static<typeof PriceWithdrawn.data>;
      book.withdraw(priceId);
      published.delete(priceId);
    }
  });
  return {
    book,
    publishedAt: (priceId) => published.get(priceId),
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
