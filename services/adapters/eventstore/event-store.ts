import { assertCount, assertEvents, assertStreamName } from "../../domain/stored-names.ts";
import type { AppendOutcome, EventStore, Filter, Page, Position, RecordedEvent, StreamAppend } from "../../ports/event-store.ts";
import { StreamWriter } from "./append-to-stream.ts";
import { Connection } from "./connection.ts";
import { followAll } from "./follow-all.ts";
import { Lanes } from "./lanes.ts";
import { assertStored, readHead, readPage, readStreamEvents } from "./read-events.ts";
import { type Patience, retrying } from "./retry.ts";
import { StreamMemory } from "./stream-memory.ts";

export interface EventStoreDbOptions {
  /** `esdb://…` for one node, `esdb+discover://…` or several hosts for a cluster. */
  readonly connectionString: string;
  /** What our streams' names begin with on the server, so that other applications may use it too. */
  readonly namespace?: string;
  /** How long a call tries when the server does not answer: a cluster takes some seconds to choose a new leader. */
  readonly patienceMs?: number;
}

/** Appends that are on their way at the same time, each to another stream. */
const LANES = 32;

/** The event log on an EventStoreDB or KurrentDB server or cluster. Rejects when it cannot be reached. */
export async function openEventStoreDb({
  connectionString,
  namespace = "andon.",
  patienceMs = 30_000,
}: EventStoreDbOptions): Promise<EventStore> {
  const store = new EventStoreDb(new Connection(connectionString), namespace, patienceMs);
  try {
    await store.identify();
    return store;
  } catch (cause) {
    await store[Symbol.asyncDispose]();
    throw new Error(
      `the event store cannot be reached: ${(cause as Error).message}. Check host, port, tls and credentials in its connection string`,
      { cause },
    );
  }
}

class EventStoreDb implements EventStore {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #memory = new StreamMemory();
  readonly #lanes = new Lanes(LANES);
  readonly #closing = new AbortController();
  readonly #patience: Patience;
  readonly #writer: StreamWriter;
  #closed: Promise<void> | null = null;

  constructor(connection: Connection, namespace: string, milliseconds: number) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#patience = { milliseconds, signal: this.#closing.signal };
    this.#writer = new StreamWriter(connection, namespace, this.#memory, this.#patience);
  }

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    this.#assertOpen();
    for (const { stream, expected, events } of appends) {
      assertStreamName(stream);
      assertEvents(events);
      if (typeof expected === "number") assertCount("expected", expected, 0);
    }
    // All are waited for, so that nothing is still on its way when one has failed.
    const settled = await Promise.allSettled(appends.map((append) => this.#lanes.run(append.stream, () => this.#writer.append(append))));
    return settled.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    assertCount("from", from, 0);
    assertCount("limit", limit, 1);
    const events = await this.#retrying(() => readStreamEvents(this.#connection, this.#namespace, stream, from, limit));
    if (events.length > 0) this.#memory.learn(stream, events);
    return events;
  }

  async readAll(after: Position | null, limit: number, filter?: Filter): Promise<Page> {
    this.#assertOpen();
    assertCount("limit", limit, 1);
    return this.#retrying(() => readPage(this.#connection, this.#namespace, after, limit, filter));
  }

  async *follow(after: Position | null, limit: number, signal: AbortSignal, filter?: Filter): AsyncGenerator<readonly RecordedEvent[]> {
    assertCount("limit", limit, 1);
    if (signal.aborted) return;
    this.#assertOpen();
    if (after !== null) await this.#retrying(() => assertStored(this.#connection, this.#namespace, after));
    const ending = AbortSignal.any([signal, this.#closing.signal]);
    const { categories } = filter ?? {};
    if (categories?.length === 0) await aborted(ending);
    else yield* followAll({ connection: this.#connection, namespace: this.#namespace, after, limit, filter, signal: ending });
    if (!signal.aborted) this.#assertOpen();
  }

  async head(): Promise<Position | null> {
    this.#assertOpen();
    return this.#retrying(() => readHead(this.#connection, this.#namespace));
  }

  /** The server tells its version and not its name; it changed its name with version 25. */
  async identify(): Promise<{ product: string; version: string }> {
    this.#assertOpen();
    const version = await this.#retrying(() => this.#connection.serverVersion());
    return { product: Number.parseInt(version, 10) >= 25 ? "KurrentDB" : "EventStoreDB", version };
  }

  #retrying<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return retrying(attempt, this.#patience);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error("the event store is closed");
  }

  /** Finishes the appends that are on their way, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= (async () => {
      this.#closing.abort();
      await this.#lanes.idle();
      await this.#connection[Symbol.asyncDispose]();
    })();
    await this.#closed;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
