import type { DatabaseSync, StatementSync } from "node:sqlite";
import { holds } from "../../domain/expected-revision.ts";
import { categoryOf, repeatedIn } from "../../domain/stored-names.ts";
import { EVENTS_ID, type StoredOutcome } from "./event-calls.ts";
import { limitLog } from "./limit-log.ts";
import { openDatabase, sql } from "./open-database.ts";
import { type PackedAppends, type UnpackedAppend, type UnpackedEvent, unpackAppends } from "./pack-appends.ts";
import { uuidOf } from "./pack-events.ts";
import { attempt, isRepeatedKey } from "./sqlite-errors.ts";
import { transact } from "./transact.ts";

interface Stream {
  readonly id: number;
  readonly category: number;
  last: number;
}

/** An event of 1 KB wastes a quarter of a page of 4 KiB and a tenth of one of 8. */
const PAGE_BYTES = 8192;
/** Enough for the index pages that a busy hour touches. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Streams whose last revision is remembered. */
const STREAMS_KEPT = 50_000;

/** Writes the event log. The only writer of its file, so what it remembers stays true. */
export class EventWriter implements Disposable {
  readonly #db: DatabaseSync;
  readonly #limitLog: () => void;
  readonly #insert: StatementSync;
  readonly #findStream: StatementSync;
  readonly #findEvent: StatementSync;
  readonly #streams = new Map<string, Stream>();
  readonly #categories = new Map<string, number>();
  readonly #types = new Map<string, number>();
  #position = 0;

  constructor(file: string) {
    this.#db = openDatabase({ file, schema: "events", applicationId: EVENTS_ID, pageBytes: PAGE_BYTES, cacheBytes: CACHE_BYTES });
    this.#limitLog = limitLog(this.#db, file);
    this.#insert = this.#db.prepare(sql("append-event"));
    this.#findStream = this.#db.prepare(sql("find-stream"));
    this.#findStream.setReturnArrays(true);
    this.#findEvent = this.#db.prepare(sql("find-event"));
    this.#findEvent.setReturnArrays(true);
    this.#recall();
  }

  /** One durable transaction for all of it. An `Error` in place of the outcomes: the disk refused, nothing was stored. */
  append(calls: readonly PackedAppends[]): readonly (readonly StoredOutcome[])[] | Error {
    const outcomes = attempt(() => this.#transact(calls));
    if (!(outcomes instanceof Error)) this.#limitLog();
    return outcomes;
  }

  #transact(calls: readonly PackedAppends[]): readonly (readonly StoredOutcome[])[] {
    const appendAll = (lookFirst: boolean) => (): StoredOutcome[][] =>
      calls.map((call) => Array.from(unpackAppends(call), (append) => this.#appendTo(append, lookFirst)));
    try {
      // Ids that are stored already are rare, so they are not looked for until the index reports one.
      return transact(this.#db, appendAll(false));
    } catch (error) {
      this.#recall();
      if (!isRepeatedKey(error)) throw error;
    }
    try {
      return transact(this.#db, appendAll(true));
    } catch (error) {
      this.#recall();
      throw error;
    }
  }

  #appendTo(append: UnpackedAppend, lookFirst: boolean): StoredOutcome {
    const known = this.#find(append.stream);
    const current = known?.last ?? -1;
    const asExpected = holds(append.expected, current);
    const inTheWay = lookFirst || !asExpected ? this.#lookFor(append.events, known, current) : null;
    if (inTheWay) return inTheWay;
    if (!asExpected) return { kind: "conflict", current: current < 0 ? null : current };
    const stream = known ?? this.#create(append.stream);
    for (const { id, type, body } of append.events) {
      this.#insert.run(this.#position + 1, stream.id, stream.last + 1, stream.category, this.#numberOf("types", type), id, body);
      this.#position += 1;
      stream.last += 1;
    }
    return { kind: "appended", revision: stream.last, position: this.#position };
  }

  /** What ids that are stored already mean for an append; null when there are none. */
  #lookFor(events: readonly UnpackedEvent[], stream: Stream | null, current: number): StoredOutcome | null {
    const uuids = events.map(({ id }) => uuidOf(Buffer.from(id.buffer, id.byteOffset, id.byteLength)));
    const stored = events.map(({ id }) => this.#findEvent.get(id) as unknown as [revision: number, stream: number] | undefined);
    if (stream && stored.every((found) => found?.[1] === stream.id)) {
      return { kind: "already", revision: stored.at(-1)?.[0] as number };
    }
    const repeated = repeatedIn(uuids);
    const taken = new Set(uuids.filter((uuid, nth) => stored[nth] || repeated.has(uuid)));
    return taken.size > 0 ? { kind: "conflict", current: current < 0 ? null : current, taken: [...taken] } : null;
  }

  #find(name: string): Stream | null {
    const remembered = this.#streams.get(name);
    if (remembered) return remembered;
    const found = this.#findStream.get(name) as unknown as [number, number, number] | undefined;
    return found ? this.#remember(name, { id: found[0], category: found[1], last: found[2] }) : null;
  }

  #create(name: string): Stream {
    const category = this.#numberOf("categories", categoryOf(name));
    const { lastInsertRowid } = this.#db.prepare("INSERT INTO streams (name, category) VALUES (?, ?)").run(name, category);
    return this.#remember(name, { id: Number(lastInsertRowid), category, last: -1 });
  }

  #remember(name: string, stream: Stream): Stream {
    if (this.#streams.size >= STREAMS_KEPT) this.#streams.delete(this.#streams.keys().next().value as string);
    this.#streams.set(name, stream);
    return stream;
  }

  #numberOf(table: "categories" | "types", name: string): number {
    const numbers = table === "types" ? this.#types : this.#categories;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#db.prepare(`INSERT INTO ${table} (name) VALUES (?)`).run(name);
    numbers.set(name, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  /** Reads again what the database holds: at the start, and after a transaction that did not happen. */
  #recall(): void {
    this.#streams.clear();
    for (const [table, numbers] of [
      ["types", this.#types],
      ["categories", this.#categories],
    ] as const) {
      numbers.clear();
      for (const row of this.#db.prepare(`SELECT id, name FROM ${table}`).all()) numbers.set(row["name"] as string, row["id"] as number);
    }
    this.#position = Number(this.#db.prepare("SELECT coalesce(max(position), 0) AS last FROM events").get()?.["last"]);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
