import type { EventReader, NewEvent, Position, RecordedEvent, StreamAppend } from "../../ports/event-store.ts";

let made = 0;

/** An event with an id of its own. Ids ascend, as those of real events roughly do. */
export function sample(body = `{"n":${made}}`, type = "andon.test.happened.v1"): NewEvent {
  const serial = (made++).toString(16).padStart(12, "0");
  return { id: `019f0000-${serial.slice(0, 4)}-8000-8000-${serial.slice(4).padStart(12, "0")}`, type, body };
}

export const samples = (count: number): NewEvent[] => Array.from({ length: count }, () => sample());

/** An append that takes whatever is there. */
export const to = (stream: string, ...events: NewEvent[]): StreamAppend => ({ stream, expected: "any", events });

export const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** Everything in the store, read in pages. */
export async function readEverything(store: EventReader, limit = 100): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let after: Position | null = null;
  for (;;) {
    const page = await store.readAll(after, limit);
    events.push(...page.events);
    after = page.next;
    if (page.atEnd) return events;
  }
}
