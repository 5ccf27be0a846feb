import type { Attribution, StoredEvent } from "../../schemas/event.ts";
import { readEventData } from "../../schemas/registry.ts";
import type { Usage } from "../../schemas/session.ts";
import { SessionLedger } from "../domain/cost/ledger.ts";
import type { EventReader, RecordedEvent } from "../ports/event-store.ts";

const PAGE = 1000;

/** What ingest must know of a session to go on with it. Restored from the stream alone. */
export class SessionState {
  /** Of the last event; -1 when the stream does not exist. */
  revision = -1;
  /** Store id → revision of everything in the stream. */
  readonly ids = new Map<string, number>();
  readonly ledger = new SessionLedger();
  /** The last place each attribution field was seen. */
  where: Attribution = {};

  /** Takes in an event that is, or is about to be, at the end of the stream. */
  add(id: string, where: Attribution): void {
    this.revision += 1;
    this.ids.set(id, this.revision);
    for (const field of ["feature", "repo", "branch", "ticket", "changekind"] as const) {
      if (where[field] !== undefined) this.where[field] = where[field];
    }
  }
}

/** Reads a stream from its beginning. */
export async function loadSession(store: EventReader, stream: string): Promise<SessionState> {
  const state = new SessionState();
  for (;;) {
    const events = await store.readStream(stream, state.revision + 1, PAGE);
    for (const event of events) restore(state, event);
    if (events.length < PAGE) return state;
  }
}

function restore(state: SessionState, recorded: RecordedEvent): void {
  const event = JSON.parse(recorded.body) as StoredEvent;
  state.add(recorded.id, event.source === "/services/ledger" ? {} : event);
  const read = readEventData(event.type, event.data);
  if (read.kind !== "ok") return;
  if (read.schema.name === "session.usage.recorded") {
    state.ledger.observe({ eventId: recorded.id, time: event.time, usage: read.data as Usage, where: whereOf(event) });
  } else if (read.schema.name === "cost.source.found") {
    state.ledger.itemise(recorded.id);
  }
}

/** The attribution fields of an envelope, and nothing else. */
export function whereOf(event: Attribution): Attribution {
  const where: Attribution = {};
  for (const field of ["feature", "repo", "branch", "ticket", "changekind"] as const) {
    if (event[field] !== undefined) where[field] = event[field];
  }
  return where;
}

/**
 * The sessions that were busy last, bounded by the events they hold together, because a session of a day has more than a
 * thousand short ones.
 */
export class SessionCache {
  readonly #held = new Map<string, { readonly state: SessionState; readonly weight: number }>();
  readonly #loading = new Map<string, Promise<SessionState>>();
  readonly #store: EventReader;
  readonly #limit: number;
  #weight = 0;

  constructor(store: EventReader, limit = 400_000) {
    this.#store = store;
    this.#limit = limit;
  }

  /** The states of these streams, read from the store when they are not at hand. */
  async get(streams: Iterable<string>): Promise<Map<string, SessionState>> {
    const found = new Map<string, SessionState>();
    const missing: string[] = [];
    for (const stream of streams) {
      const held = this.#held.get(stream);
      if (held) found.set(stream, held.state);
      else missing.push(stream);
    }
    await Promise.all(missing.map(async (stream) => found.set(stream, await this.#load(stream))));
    return found;
  }

  /** Batches that need the same stream at the same time share one reading of it, and so one state. */
  #load(stream: string): Promise<SessionState> {
    const running = this.#loading.get(stream);
    if (running) return running;
    const loading = loadSession(this.#store, stream).then((state) => {
      if (!this.#held.has(stream)) this.keep(stream, state);
      return this.#held.get(stream)?.state ?? state;
    });
    this.#loading.set(stream, loading);
    return loading.finally(() => this.#loading.delete(stream));
  }

  /** Keeps a state as the newest and lets go of the oldest beyond the limit. */
  keep(stream: string, state: SessionState): void {
    this.drop(stream);
    const weight = state.ids.size + 1;
    this.#held.set(stream, { state, weight });
    this.#weight += weight;
    for (const oldest of this.#held.keys()) {
      if (this.#weight <= this.#limit || oldest === stream) break;
      this.drop(oldest);
    }
  }

  /** Forgets what is no longer true: the next `get` reads the stream. */
  drop(stream: string): void {
    const held = this.#held.get(stream);
    if (!held) return;
    this.#held.delete(stream);
    this.#weight -= held.weight;
  }
}
