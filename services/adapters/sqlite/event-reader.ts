import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EVENTS_ID, type PageAnswer, type PageQuestion } from "./event-calls.ts";
import { openDatabase, sql } from "./open-database.ts";
import { type PackedEvents, packEvents, type StoredRow } from "./pack-events.ts";
import { positionOf } from "./position.ts";

type Row = [position: number, revision: number, stream: number, type: number, id: Uint8Array, body: Uint8Array];

/** A page of events with large bodies ends early. */
const PAGE_BYTES = 16 * 1024 * 1024;
const CACHE_BYTES = 32 * 1024 * 1024;
const NAMES_KEPT = 50_000;

/** Reads the event log, in any process. */
export class EventReader implements Disposable {
  readonly #db: DatabaseSync;
  readonly #stream: StatementSync;
  readonly #all: StatementSync;
  /** A statement can be stepped through for one category at a time, so each has its own. */
  readonly #byCategory = new Map<string, StatementSync>();
  readonly #names = { streams: new Map<number, string>(), types: new Map<number, string>() };

  constructor(file: string) {
    this.#db = openDatabase({ file, schema: "events", applicationId: EVENTS_ID, cacheBytes: CACHE_BYTES, readOnly: true });
    this.#stream = this.#prepare("read-stream");
    this.#all = this.#prepare("read-all");
  }

  readStream({ stream, from, limit }: { stream: string; from: number; limit: number }): PackedEvents {
    return this.#pack(this.#stream.all(stream, from, limit) as unknown as Row[]);
  }

  /** One page, read from one state of the database: what is stored meanwhile cannot slip in between two categories. */
  readAll({ after, limit, categories }: PageQuestion): PageAnswer | Error {
    this.#db.exec("BEGIN");
    try {
      const head = this.head();
      if (after > head) return new Error(`position ${positionOf(after)} lies beyond the newest event: it belongs to another event store`);
      const rows: Row[] = [];
      let bytes = 0;
      for (const row of this.#rows(after, limit, categories)) {
        rows.push(row);
        bytes += row[5].length;
        if (rows.length === limit || bytes > PAGE_BYTES) break;
      }
      const full = rows.length === limit || bytes > PAGE_BYTES;
      const next = full ? (rows.at(-1) as Row)[0] : head;
      return { events: this.#pack(rows), next, atEnd: next === head };
    } finally {
      this.#db.exec("COMMIT");
    }
  }

  head(): number {
    return Number(this.#db.prepare("SELECT coalesce(max(position), 0) AS head FROM events").get()?.["head"]);
  }

  version(): string {
    return String(this.#db.prepare("SELECT sqlite_version() AS version").get()?.["version"]);
  }

  #rows(after: number, limit: number, categories: readonly string[] | null): Iterable<Row> {
    if (!categories) return this.#all.iterate(after, limit) as unknown as Iterable<Row>;
    return merge([...new Set(categories)].map((name) => this.#categoryStatement(name).iterate(name, after) as unknown as Iterator<Row>));
  }

  #categoryStatement(name: string): StatementSync {
    let statement = this.#byCategory.get(name);
    if (!statement) this.#byCategory.set(name, (statement = this.#prepare("read-category")));
    return statement;
  }

  #prepare(name: string): StatementSync {
    const statement = this.#db.prepare(sql(name));
    statement.setReturnArrays(true);
    return statement;
  }

  #pack(rows: readonly Row[]): PackedEvents {
    return packEvents(
      rows.map(
        ([position, revision, stream, type, id, body]): StoredRow => ({
          position,
          revision,
          stream: this.#nameOf("streams", stream),
          type: this.#nameOf("types", type),
          id,
          body,
        }),
      ),
    );
  }

  #nameOf(table: "streams" | "types", id: number): string {
    const names = this.#names[table];
    const known = names.get(id);
    if (known !== undefined) return known;
    if (names.size >= NAMES_KEPT) names.clear();
    const name = String(this.#db.prepare(`SELECT name FROM ${table} WHERE id = ?`).get(id)?.["name"]);
    names.set(id, name);
    return name;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** Rows of several sorted sources in the order of their positions, taking from each no more than needed. */
function* merge(sources: readonly Iterator<Row>[]): Generator<Row> {
  const waiting = sources.map((source) => ({ source, next: source.next() }));
  try {
    for (;;) {
      const ready = waiting.filter(({ next }) => !next.done);
      const first = ready.reduce<(typeof ready)[number] | undefined>((a, b) => (a && a.next.value[0] < b.next.value[0] ? a : b), undefined);
      if (!first) return;
      yield first.next.value as Row;
      first.next = first.source.next();
    }
  } finally {
    for (const { source } of waiting) source.return?.();
  }
}
