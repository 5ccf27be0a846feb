import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { EventReader, EventStore, Filter, Position, StreamAppend } from "../ports/event-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import { type ProjectorDeps, runProjector } from "../project/run-projector.ts";
import type { SampleMovement } from "./sample-log.ts";

/** Every projected table as its newest rows, sorted, as text: two projections of one log are equal when these are. */
export async function dump(reads: ReadStore): Promise<string> {
  const tables: Record<string, unknown> = {};
  for (const table of ["movements", "cost_rollup", "events", "sessions", "quarantine", "decisions", "checkpoints"]) {
    tables[table] = (await reads.query(`SELECT * FROM ${table} FINAL`)).map((row) => JSON.stringify(row)).sort();
  }
  return JSON.stringify(tables, null, 1);
}

/** Runs a projector until everything that is stored now is written and checked. */
export async function projectAll(deps: Omit<ProjectorDeps, "signal">): Promise<void> {
  const head = await deps.store.head();
  const stop = new AbortController();
  await runProjector({
    ...deps,
    signal: stop.signal,
    onProgress: (progress) => {
      deps.onProgress?.(progress);
      if (progress.phase === "live" && progress.position === head) stop.abort();
    },
  });
}

export async function filled(appends: readonly StreamAppend[]): Promise<EventStore> {
  const store = openMemoryEventStore();
  await store.append(appends);
  return store;
}

/** The same events in batches of other sizes. */
export function inBatches(store: EventReader, size: () => number): EventReader {
  return {
    readStream: (stream, from, limit) => store.readStream(stream, from, limit),
    readAll: (after, limit, filter) => store.readAll(after, limit, filter),
    head: () => store.head(),
    async *follow(after: Position | null, limit: number, signal: AbortSignal, filter?: Filter) {
      for await (const batch of store.follow(after, limit, signal, filter)) {
        for (let at = 0; at < batch.length; ) {
          const next = Math.max(1, Math.min(limit, size()));
          yield batch.slice(at, at + next);
          at += next;
        }
      }
    },
  };
}

/** Stops working in the middle of a write: after so many tables, before the checkpoint. */
export function breakingAfter(reads: ReadStore, tables: number): ReadStore {
  let left = tables;
  return {
    migrate: () => reads.migrate(),
    reset: () => reads.reset(),
    checkpoint: () => reads.checkpoint(),
    query: (sql, params, seconds) => reads.query(sql, params, seconds),
    status: () => reads.status(),
    async write(rows, checkpoint) {
      for (const one of rows) {
        if (left-- <= 0) throw new Error("broken on purpose");
        await reads.write([one]);
      }
      if (!checkpoint) return;
      if (left-- <= 0) throw new Error("broken on purpose");
      await reads.write([], checkpoint);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Plain sums of a sample log by column, written without any of the code under test. */
export function plainSums(movements: readonly SampleMovement[]): Record<string, string> {
  const sum = (of: (movement: SampleMovement) => number | bigint): string =>
    String(movements.reduce((total, each) => total + BigInt(of(each)), 0n));
  return {
    input: sum(({ tokens }) => tokens.input),
    cache_read: sum(({ tokens }) => tokens.cacheRead),
    cache_write: sum(({ tokens }) => tokens.cacheWrite5m + tokens.cacheWrite1h),
    output: sum(({ tokens }) => tokens.output),
    reasoning: sum(({ tokens }) => tokens.reasoning),
    pico: sum(({ pico }) => pico),
    reported: sum(({ reportedPico }) => reportedPico ?? 0n),
    reported_count: sum(({ reportedPico }) => (reportedPico === null ? 0 : 1)),
    unpriced: sum(({ unpriced }) => unpriced),
    movements: String(movements.length),
  };
}
