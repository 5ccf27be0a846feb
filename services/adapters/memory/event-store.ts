import { holds } from "../../domain/expected-revision.ts";
import { assertCount, assertEvents, assertStreamName, categoryOf, repeatedIn } from "../../domain/stored-names.ts";
import type { AppendOutcome, EventStore, Filter, NewEvent, Page, Position, RecordedEvent, StreamAppend } from "../../ports/event-store.ts";

/** The readable definition of the port: every other event store must answer as this one does. Forgets all when it ends. */
export function openMemoryEventStore(): EventStore {
  return new MemoryEventStore();
}

class MemoryEventStore implements EventStore {
  readonly #events: RecordedEvent[] = [];
  readonly #byId = new Map<string, RecordedEvent>();
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    this.#assertOpen();
    for (const { stream, expected, events } of appends) {
      assertStreamName(stream);
      assertEvents(events);
      if (typeof expected === "number") assertCount("expected", expected, 0);
    }
    const outcomes = appends.map((append) => this.#appendTo(append));
    if (outcomes.some(({ kind }) => kind === "appended")) this.#wake();
    return outcomes;
  }

  #appendTo({ stream, expected, events }: StreamAppend): AppendOutcome {
    const current = (this.#streams.get(stream)?.length ?? 0) - 1;
    const stored = events.map(({ id }) => this.#byId.get(id));
    if (stored.every((event) => event?.stream === stream)) {
      return { kind: "already", revision: (stored.at(-1) as RecordedEvent).revision };
    }
    const repeated = repeatedIn(events.map(({ id }) => id));
    const taken = new Set(events.filter(({ id }, nth) => stored[nth] || repeated.has(id)).map(({ id }) => id));
    if (taken.size > 0) return { kind: "conflict", current: current < 0 ? null : current, taken: [...taken] };
    if (!holds(expected, current)) return { kind: "conflict", current: current < 0 ? null : current };
    for (const event of events) this.#store(stream, event);
    const last = this.#events.at(-1) as RecordedEvent;
    return { kind: "appended", revision: last.revision, position: last.position };
  }

  #store(stream: string, { id, type, body }: NewEvent): void {
    let inStream = this.#streams.get(stream);
    if (!inStream) this.#streams.set(stream, (inStream = []));
    const event = { position: positionOf(this.#events.length), stream, revision: inStream.length, id, type, body };
    inStream.push(event);
    this.#events.push(event);
    this.#byId.set(id, event);
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    assertCount("from", from, 0);
    assertCount("limit", limit, 1);
    return (this.#streams.get(stream) ?? []).slice(from, from + limit);
  }

  async readAll(after: Position | null, limit: number, filter?: Filter): Promise<Page> {
    this.#assertOpen();
    assertCount("limit", limit, 1);
    const head = this.#events.at(-1)?.position ?? null;
    if (after !== null && (head === null || after > head)) {
      throw new Error(`position ${after} lies beyond the newest event: it belongs to another event store`);
    }
    const start = after === null ? 0 : this.#events.findIndex(({ position }) => position > after);
    const later = start < 0 ? [] : this.#events.slice(start);
    const matching = filter?.categories ? later.filter(({ stream }) => filter.categories?.includes(categoryOf(stream))) : later;
    const events = matching.slice(0, limit);
    const next = events.length === limit ? (events.at(-1) as RecordedEvent).position : head;
    return { events, next, atEnd: next === head };
  }

  async *follow(after: Position | null, limit: number, signal: AbortSignal, filter?: Filter): AsyncGenerator<readonly RecordedEvent[]> {
    let position = after;
    while (!signal.aborted) {
      const page = await this.readAll(position, limit, filter);
      position = page.next;
      if (signal.aborted) return;
      if (page.events.length > 0) yield page.events;
      else if (page.atEnd && page.next === (this.#events.at(-1)?.position ?? null)) await this.#wait(signal);
    }
  }

  /** Until something was stored, the store is closed or the signal aborts. */
  async #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed) return;
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    this.#waiting.add(wake);
    const onAbort = (): void => wake();
    signal.addEventListener("abort", onAbort);
    await promise;
    signal.removeEventListener("abort", onAbort);
    this.#waiting.delete(wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async head(): Promise<Position | null> {
    this.#assertOpen();
    return this.#events.at(-1)?.position ?? null;
  }

  async identify(): Promise<{ product: string; version: string }> {
    return { product: "memory", version: process.versions.node };
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error("the event store is closed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#wake();
  }
}

/** The first event has position 1. Sixteen hexadecimal digits sort as text in the order of the numbers. */
const positionOf = (index: number): Position => (index + 1).toString(16).padStart(16, "0") as Position;
