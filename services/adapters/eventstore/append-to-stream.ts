import type { AppendResp } from "@eventstore/db-client/generated/streams_pb.js";
import { holds } from "../../domain/expected-revision.ts";
import { repeatedIn } from "../../domain/stored-names.ts";
import type { AppendOutcome, NewEvent, StreamAppend } from "../../ports/event-store.ts";
import type { Connection } from "./connection.ts";
import { isPassing, kindOf } from "./passing.ts";
import { positionOf } from "./position.ts";
import { lost, readStreamEvents } from "./read-events.ts";
import { appendRequests } from "./requests.ts";
import { Backoff, type Patience, retrying } from "./retry.ts";
import type { StreamMemory } from "./stream-memory.ts";

const PAGE = 500;

type Attempt =
  | { readonly kind: "stored"; readonly revision: number; readonly position: string | undefined }
  | { readonly kind: "moved on"; readonly current: number }
  | { readonly kind: "unheard"; readonly error: unknown };

/**
 * Appends to one stream. The server promises idempotence only for appends that name the exact revision they go after;
 * for others it does its best, and when the revision fits it does not look at ids at all. So we always name the revision
 * up to which we know all ids: whatever was added since makes the append fail, and an append whose answer got lost can be
 * made again, because the server recognises its ids in their place.
 */
export class StreamWriter {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #memory: StreamMemory;
  readonly #patience: Patience;

  constructor(connection: Connection, namespace: string, memory: StreamMemory, patience: Patience) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#memory = memory;
    this.#patience = patience;
  }

  async append({ stream, expected, events }: StreamAppend): Promise<AppendOutcome> {
    const backoff = new Backoff();
    const until = performance.now() + this.#patience.milliseconds;
    // A stream nobody knows yet is best read first, unless it is expected to be new.
    let fresh = !this.#memory.has(stream) && expected !== "none" ? await this.#refresh(stream) : false;
    let unheard = false;
    for (;;) {
      const { revision, ids } = this.#memory.of(stream);
      const stored = alreadyStored(events, revision, ids);
      if (stored) return stored.kind === "already" && unheard ? this.#appended(stream, stored.revision) : stored;
      if (!holds(expected, revision)) {
        if (fresh) return { kind: "conflict", current: revision < 0 ? null : revision };
        fresh = await this.#refresh(stream);
        continue;
      }
      const attempt = await this.#attempt(stream, revision, events);
      if (attempt.kind === "stored") return this.#remember(stream, revision, events, attempt);
      if (attempt.kind === "unheard") {
        if (!isPassing(attempt.error) || this.#patience.signal.aborted || performance.now() > until) throw attempt.error;
        unheard = true;
        await backoff.wait(this.#patience.signal);
      }
      fresh = await this.#refresh(stream);
      const isStuck = attempt.kind === "moved on" && this.#memory.of(stream).revision === revision;
      if (isStuck) throw lost(stream, `its events up to ${attempt.current} cannot be read`);
    }
  }

  async #attempt(stream: string, revision: number, events: readonly NewEvent[]): Promise<Attempt> {
    try {
      return attemptIn(await this.#connection.append(appendRequests(this.#namespace + stream, revision, events)));
    } catch (error) {
      const kind = kindOf(error);
      // The second: our first events are where we wanted them, our last are not.
      if (kind === "wrong-expected-version" || kind === "invalid-transaction") return { kind: "moved on", current: revision };
      if (kind === "stream-deleted") throw lost(stream, "it was deleted");
      if (kind === "maximum-append-size-exceeded") throw tooLarge(stream, events, error);
      return { kind: "unheard", error };
    }
  }

  async #remember(
    stream: string,
    before: number,
    events: readonly NewEvent[],
    stored: Attempt & { kind: "stored" },
  ): Promise<AppendOutcome> {
    const expected = before + events.length;
    if (stored.revision !== expected) throw lost(stream, `it was deleted and goes on at revision ${stored.revision - events.length + 1}`);
    this.#memory.learn(
      stream,
      events.map(({ id }, nth) => ({ id, revision: before + 1 + nth })),
    );
    if (stored.position === undefined) return this.#appended(stream, expected);
    return { kind: "appended", revision: expected, position: positionOf(stored.position) };
  }

  /** For what is stored while nobody told us where. */
  async #appended(stream: string, revision: number): Promise<AppendOutcome> {
    const [event] = await this.#read(stream, revision, 1);
    if (!event) throw lost(stream, `revision ${revision} is missing`);
    return { kind: "appended", revision, position: event.position };
  }

  /** Learns what was added to a stream. Always true: afterwards the memory is as new as it gets. */
  async #refresh(stream: string): Promise<true> {
    for (;;) {
      const events = await this.#read(stream, this.#memory.of(stream).revision + 1, PAGE);
      this.#memory.learn(stream, events);
      if (events.length < PAGE) return true;
    }
  }

  #read(stream: string, from: number, limit: number) {
    return retrying(() => readStreamEvents(this.#connection, this.#namespace, stream, from, limit), this.#patience);
  }
}

function attemptIn(response: AppendResp): Attempt {
  const wrong = response.getWrongExpectedVersion();
  if (wrong) return { kind: "moved on", current: wrong.hasCurrentRevision() ? Number(wrong.getCurrentRevision()) : -1 };
  const success = response.getSuccess();
  if (!success?.hasCurrentRevision()) return { kind: "unheard", error: new Error("the event store gave an answer without a result") };
  const position = success.getPosition()?.getCommitPosition();
  return { kind: "stored", revision: Number(success.getCurrentRevision()), position };
}

/** What ids that are stored already mean for an append; null when there are none. */
function alreadyStored(
  events: readonly NewEvent[],
  revision: number,
  ids: ReadonlyMap<string, number>,
): Extract<AppendOutcome, { kind: "already" | "conflict" }> | null {
  if (events.every(({ id }) => ids.has(id))) return { kind: "already", revision: ids.get(events.at(-1)?.id as string) as number };
  const all = events.map(({ id }) => id);
  const repeated = repeatedIn(all);
  const taken = new Set(all.filter((id) => ids.has(id) || repeated.has(id)));
  return taken.size > 0 ? { kind: "conflict", current: revision < 0 ? null : revision, taken: [...taken] } : null;
}

function tooLarge(stream: string, events: readonly NewEvent[], cause: unknown): Error {
  const bytes = events.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  return new Error(
    `an append of ${events.length} events and ${bytes} bytes to ${stream} is more than the server takes at once: ` +
      "raise its MaxAppendSize (up to 16 MB), or append fewer events together",
    { cause },
  );
}
