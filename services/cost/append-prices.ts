import { PricePublished, type PriceRow, PriceWithdrawn } from "../../schemas/price.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import type { EventStore, NewEvent, StreamAppend } from "../ports/event-store.ts";
import type { PriceHistory } from "./price-history.ts";

/** An event store server takes a megabyte in one append; a row makes an event of less than two kilobytes. */
const EVENTS_PER_APPEND = 250;

export interface PriceWrites {
  readonly rows: readonly PriceRow[];
  readonly withdrawn: readonly { readonly priceId: string; readonly provider: string; readonly reason: string }[];
}

/**
 * Appends to `price-<provider>`, each stream from the revision it was decided on.
 * @returns false when somebody else changed a price in the meantime: read again and decide again. What was appended before
 * that stays, and is then no change any more.
 */
export async function appendPrices(
  store: EventStore,
  writes: PriceWrites,
  history: PriceHistory,
  by: { readonly actor: Actor; readonly at: string; readonly reason: string | undefined },
): Promise<boolean> {
  const streams = new Map<string, NewEvent[]>();
  const add = (provider: string, priceId: string, make: (occasion: Parameters<typeof platformEvent>[2]) => NewEvent): void => {
    const stream = `price-${provider}`;
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    // The revision makes the id: the same decision on the same state is the same event, a later return to an old price is not.
    const revision = (history.revisions.get(stream) ?? -1) + 1 + events.length;
    events.push(make({ actor: by.actor, id: `${priceId}#${revision}`, subject: priceId, at: by.at }));
  };
  for (const row of writes.rows) {
    const data = { row, ...(by.reason !== undefined && { reason: by.reason }) };
    add(row.provider, row.priceId, (occasion) => platformEvent(PricePublished, data, occasion));
  }
  for (const { provider, priceId, reason } of writes.withdrawn) {
    add(provider, priceId, (occasion) => platformEvent(PriceWithdrawn, { priceId, reason }, occasion));
  }
  for (const [stream, events] of streams) {
    for (const append of chunksOf(stream, history.revisions.get(stream) ?? -1, events)) {
      const [outcome] = await store.append([append]);
      if (outcome?.kind === "conflict") return false;
    }
  }
  return true;
}

function chunksOf(stream: string, revision: number, events: readonly NewEvent[]): StreamAppend[] {
  const chunks: StreamAppend[] = [];
  for (let start = 0; start < events.length; start += EVENTS_PER_APPEND) {
    const expected = revision + start < 0 ? "none" : revision + start;
    chunks.push({ stream, expected, events: events.slice(start, start + EVENTS_PER_APPEND) });
  }
  return chunks;
}
