import assert from "node:assert/strict";
import fc from "fast-check";
import type { AppendOutcome, EventStore, Expected, Filter, Page, RecordedEvent, StreamAppend } from "../ports/event-store.ts";

interface Options {
  readonly runs: number;
  /**
   * For engines that treat each stream apart: streams never share ids, and appends of one call to different streams may
   * be stored in any order.
   */
  readonly streamsApart?: boolean;
}

interface Step {
  readonly appends: readonly { readonly stream: number; readonly expected: Expected; readonly ids: readonly number[] }[];
  readonly read: { readonly stream: number; readonly from: number; readonly limit: number; readonly categories: readonly number[] | null };
}

const STREAMS = ["session-a", "session-b", "price-a", "agent"];
const CATEGORIES = ["session", "price", "agent", "none"];

const expected = fc.oneof(fc.constantFrom<Expected>("any", "none", "exists"), fc.nat({ max: 6 }));
const step: fc.Arbitrary<Step> = fc.record({
  appends: fc.array(
    fc.record({
      stream: fc.nat({ max: STREAMS.length - 1 }),
      expected,
      ids: fc.array(fc.nat({ max: 15 }), { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 4 },
  ),
  read: fc.record({
    stream: fc.nat({ max: STREAMS.length - 1 }),
    from: fc.nat({ max: 8 }),
    limit: fc.integer({ min: 1, max: 5 }),
    categories: fc.option(fc.uniqueArray(fc.nat({ max: CATEGORIES.length - 1 }), { maxLength: 3 })),
  }),
});

/**
 * Does the same to a store and to its model, both empty at first, and compares every answer. Each run has names and ids
 * of its own, so all runs share one store.
 */
export async function checkAgainstModel(store: EventStore, model: EventStore, { runs, streamsApart = false }: Options): Promise<void> {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const names = namesOf(run++, streamsApart);
      for (const { appends, read } of steps) {
        const asked = appends.map(
          (append): StreamAppend => ({
            stream: names.stream(append.stream),
            expected: append.expected,
            events: append.ids.map((id) => ({ id: names.id(append.stream, id), type: `andon.t${id % 3}.v1`, body: `{"id":${id}}` })),
          }),
        );
        assert.deepEqual((await store.append(asked)).map(comparableOutcome), (await model.append(asked)).map(comparableOutcome));
        const inStream = (each: EventStore) => each.readStream(names.stream(read.stream), read.from, read.limit);
        assert.deepEqual((await inStream(store)).map(comparableEvent), (await inStream(model)).map(comparableEvent));
        const categories = read.categories?.map((category) => CATEGORIES[category] as string);
        await comparePages(store, model, read.limit * 20, streamsApart, categories ? { categories } : {});
      }
    }),
    { numRuns: runs },
  );
}

async function comparePages(store: EventStore, model: EventStore, limit: number, streamsApart: boolean, filter: Filter): Promise<void> {
  const [mine, theirs] = [await readAll(store, limit, filter), await readAll(model, limit, filter)];
  const inOrder = (events: readonly RecordedEvent[]) => (streamsApart ? events.toSorted(byStream) : events);
  assert.deepEqual(inOrder(mine).map(comparableEvent), inOrder(theirs).map(comparableEvent));
  const positions = mine.map(({ position }) => position);
  assert.deepEqual(positions, [...new Set(positions)].sort());
}

async function readAll(store: EventStore, limit: number, filter: Filter): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let page: Page | null = null; !page?.atEnd; ) {
    page = await store.readAll(page?.next ?? null, limit, filter);
    events.push(...page.events);
  }
  return events;
}

function namesOf(run: number, streamsApart: boolean) {
  const salt = run.toString(16).padStart(8, "0");
  return {
    stream: (stream: number): string => `${STREAMS[stream]}${run}`.replace(/^agent\d+$/, `agent-${run}`),
    id: (stream: number, id: number): string => {
      const serial = (id + (streamsApart ? stream * 100 : 0)).toString(16).padStart(12, "0");
      return `${salt}-0000-8000-8000-${serial}`;
    },
  };
}

/** Positions are the engine's own: only their order is comparable. */
function comparableOutcome(outcome: AppendOutcome): unknown {
  if (outcome.kind !== "appended") return outcome;
  return { kind: outcome.kind, revision: outcome.revision };
}

const comparableEvent = ({ position, ...event }: RecordedEvent): unknown => event;

/** Stable: within a stream the order stays as it was read. */
const byStream = (a: RecordedEvent, b: RecordedEvent): number => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0);
