import type { StoredEvent } from "../../schemas/event.ts";
import { PricePublished, type PricePublishedData, type PriceRow, PriceWithdrawn } from "../../schemas/price.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import type { EventReader, Position, RecordedEvent } from "../ports/event-store.ts";

const PAGE = 1000;

/** What is known of one price id. */
export interface PriceState {
  /** null: withdrawn. */
  readonly row: PriceRow | null;
  /** `/people/…` or `/services/…`: who published or withdrew it last. */
  readonly source: string;
  /** CloudEvents id of that event. */
  readonly eventId: string;
}

/** A price id that changed after some position. */
export interface PriceChange {
  /** As it stood before; null: there was no such row. */
  readonly before: PriceRow | null;
  readonly now: PriceState;
}

/** Every price and who set it, as of the end of the log. */
export interface PriceHistory {
  readonly book: PriceBook;
  readonly states: ReadonlyMap<string, PriceState>;
  /** Stream → revision of its last event. */
  readonly revisions: ReadonlyMap<string, number>;
  /** Position of the last price event; null when there is none. */
  readonly position: Position | null;
  /** What differs from the state at `since`. */
  readonly changes: ReadonlyMap<string, PriceChange>;
}

/** @param since position whose later changes are wanted; null: all of them */
export async function readPriceHistory(store: EventReader, since: string | null = null): Promise<PriceHistory> {
  const book = new PriceBook();
  const states = new Map<string, PriceState>();
  const revisions = new Map<string, number>();
  const changes = new Map<string, PriceChange>();
  let position: Position | null = null;

  const take = (recorded: RecordedEvent): void => {
    position = recorded.position;
    revisions.set(recorded.stream, recorded.revision);
    const event = JSON.parse(recorded.body) as StoredEvent;
    const change = changeOf(event);
    if (!change) return;
    const { priceId, row } = change;
    const before = changes.has(priceId) ? (changes.get(priceId)?.before ?? null) : (book.row(priceId) ?? null);
    const now = { row, source: event.source, eventId: event.id };
    if (row) book.publish(row);
    else book.withdraw(priceId);
    states.set(priceId, now);
    if (since === null || recorded.position > since) changes.set(priceId, { before, now });
  };

  let after: Position | null = null;
  for (;;) {
    const page = await store.readAll(after, PAGE, { categories: ["price"] });
    for (const recorded of page.events) take(recorded);
    after = page.next;
    if (page.atEnd) return { book, states, revisions, position, changes };
  }
}

function changeOf({ type, data }: StoredEvent): { readonly priceId: string; readonly row: PriceRow | null } | null {
  if (type === PricePublished.type) {
    const { row } = data as unknown as PricePublishedData;
    return { priceId: row.priceId, row };
  }
  return type === PriceWithdrawn.type ? { priceId: data["priceId"] as string, row: null } : null;
}
