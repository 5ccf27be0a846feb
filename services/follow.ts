import type { StoredEvent } from "../schemas/event.ts";
import type { EventReader, Position, RecordedEvent } from "./ports/event-store.ts";

const PAGE = 1000;

/** A view in memory that is always up to date with one category of events. */
export interface Following extends AsyncDisposable {
  /** Rejects when following broke; never resolves otherwise. */
  readonly broken: Promise<never>;
}

/**
 * Feeds every event of a category to `apply`, oldest first: resolves once history is through, then goes on with what is
 * stored until it is disposed of.
 * @param wanted tells from an event's JSON whether it is of interest: parsing the others is most of the work
 */
export async function followCategory(
  store: EventReader,
  category: string,
  apply: (event: StoredEvent, recorded: RecordedEvent) => void,
  wanted: (body: string) => boolean = () => true,
): Promise<Following> {
  const feed = (events: readonly RecordedEvent[]): void => {
    for (const recorded of events) if (wanted(recorded.body)) apply(JSON.parse(recorded.body) as StoredEvent, recorded);
  };
  const filter = { categories: [category] };
  let after: Position | null = null;
  for (;;) {
    const page = await store.readAll(after, PAGE, filter);
    feed(page.events);
    after = page.next ?? after;
    if (page.atEnd) break;
  }
  const stop = new AbortController();
  const live = (async () => {
    for await (const events of store.follow(after, PAGE, stop.signal, filter)) feed(events);
  })();
  const broken = new Promise<never>((_, reject) => live.catch(reject));
  broken.catch(() => {});
  return {
    broken,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await live.catch(() => {});
    },
  };
}
