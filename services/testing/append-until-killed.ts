import { openSqliteEventStore } from "../adapters/sqlite/event-store.ts";

/**
 * Appends to a SQLite event store until it is killed. Batch n always holds the same events, so a batch whose outcome
 * nobody heard can be sent again. Prints one line per batch once it is durable: its number.
 */
const [file, first, last, writers = "6"] = process.argv.slice(2) as [string, string, string, string?];

const store = await openSqliteEventStore({ file });
let next = Number(first);
await Promise.all(Array.from({ length: Number(writers) }, work));
await store[Symbol.asyncDispose]();

async function work(): Promise<void> {
  while (next < Number(last)) {
    const batch = next++;
    const outcomes = await store.append([
      { stream: `session-${batch % 7}`, expected: "any", events: eventsOf(batch, 1 + (batch % 5)) },
      { stream: `change-${batch % 3}`, expected: "any", events: eventsOf(batch + 0x80000000, 2) },
    ]);
    if (outcomes.some(({ kind }) => kind === "conflict")) throw new Error(`batch ${batch} conflicts`);
    process.stdout.write(`${batch}\n`);
  }
}

function eventsOf(batch: number, count: number) {
  return Array.from({ length: count }, (_, nth) => ({
    id: `${batch.toString(16).padStart(8, "0")}-0000-8000-8000-${nth.toString(16).padStart(12, "0")}`,
    type: "andon.test.happened.v1",
    body: JSON.stringify({ batch, nth, of: count, filler: "x".repeat(500) }),
  }));
}
