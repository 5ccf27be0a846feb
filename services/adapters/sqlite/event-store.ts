import { assertCount, assertEvents, assertStreamName, categoryOf } from "../../domain/stored-names.ts";
import type {
  AppendOutcome,
  EventReader,
  EventStore,
  Filter,
  Page,
  Position,
  RecordedEvent,
  StreamAppend,
} from "../../ports/event-store.ts";
import type { EventThreadSettings, ReaderCalls, StoredOutcome, WriterCalls } from "./event-calls.ts";
import { packAppends } from "./pack-appends.ts";
import { unpackEvents } from "./pack-events.ts";
import { numberOf, positionOf } from "./position.ts";
import { Thread } from "./thread.ts";
import { Wake } from "./wake.ts";

const MODULE = new URL("./event-thread.ts", import.meta.url);
/** How soon a reader notices what another process stored. */
const POLL_MS = 100;

/**
 * The event log in one SQLite file. Only one process at a time may open it for writing; a second is refused. Writing and
 * reading have a thread each, so that a long read holds up no append.
 */
export async function openSqliteEventStore({ file }: { readonly file: string }): Promise<EventStore> {
  const writer = await Thread.start<WriterCalls>("the event store", MODULE, { file, role: "writer" } satisfies EventThreadSettings);
  try {
    return new SqliteEventStore(await startReader(file), writer);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Reads a file that another process may be writing. */
export async function openSqliteEventReader({ file }: { readonly file: string }): Promise<EventReader & AsyncDisposable> {
  return new SqliteEventReader(await startReader(file), POLL_MS);
}

const startReader = (file: string): Promise<Thread<ReaderCalls>> =>
  Thread.start<ReaderCalls>("the event store", MODULE, { file, role: "reader" } satisfies EventThreadSettings);

class SqliteEventReader implements EventReader, AsyncDisposable {
  protected readonly reader: Thread<ReaderCalls>;
  protected readonly wake = new Wake();
  readonly #pollMs: number | undefined;

  constructor(reader: Thread<ReaderCalls>, pollMs?: number) {
    this.reader = reader;
    this.#pollMs = pollMs;
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly RecordedEvent[]> {
    assertCount("from", from, 0);
    assertCount("limit", limit, 1);
    return unpackEvents(await this.reader.ask("readStream", { stream, from, limit }));
  }

  async readAll(after: Position | null, limit: number, filter?: Filter): Promise<Page> {
    assertCount("limit", limit, 1);
    const categories = filter?.categories ?? null;
    const page = await this.reader.ask("readAll", { after: after === null ? 0 : numberOf(after), limit, categories });
    return { events: unpackEvents(page.events), next: page.next === 0 ? null : positionOf(page.next), atEnd: page.atEnd };
  }

  async *follow(after: Position | null, limit: number, signal: AbortSignal, filter?: Filter): AsyncGenerator<readonly RecordedEvent[]> {
    const categories = filter?.categories ?? null;
    let position = after;
    while (!signal.aborted) {
      const seen = this.wake.seen(categories);
      const page = await this.readAll(position, limit, filter);
      position = page.next;
      if (page.events.length > 0 && !signal.aborted) yield page.events;
      if (page.atEnd) await this.wake.wait(seen, categories, signal, this.#pollMs);
    }
  }

  async head(): Promise<Position | null> {
    const head = await this.reader.ask("head", null);
    return head === 0 ? null : positionOf(head);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.reader.close();
    this.wake.tell(null);
    await closing;
  }
}

class SqliteEventStore extends SqliteEventReader implements EventStore {
  readonly #writer: Thread<WriterCalls>;

  constructor(reader: Thread<ReaderCalls>, writer: Thread<WriterCalls>) {
    super(reader);
    this.#writer = writer;
  }

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    for (const { stream, expected, events } of appends) {
      assertStreamName(stream);
      assertEvents(events);
      if (typeof expected === "number") assertCount("expected", expected, 0);
    }
    if (appends.length === 0) return [];
    const packed = packAppends(appends);
    const outcomes = await this.#writer.ask("append", packed, [packed.data.buffer]);
    const stored = outcomes.flatMap(({ kind }, nth) => (kind === "appended" ? [categoryOf((appends[nth] as StreamAppend).stream)] : []));
    if (stored.length > 0) this.wake.tell(new Set(stored));
    return outcomes.map(outcomeOf);
  }

  async identify(): Promise<{ product: string; version: string }> {
    return { product: "SQLite", version: await this.reader.ask("version", null) };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#writer.close(), super[Symbol.asyncDispose]()]);
  }
}

const outcomeOf = (outcome: StoredOutcome): AppendOutcome =>
  outcome.kind === "appended" ? { ...outcome, position: positionOf(outcome.position) } : outcome;
