import { isDeepStrictEqual } from "node:util";
import type { StoredEvent } from "../../schemas/event.ts";
import type { EventStore, NewEvent, RecordedEvent, StreamAppend } from "../ports/event-store.ts";
import { bytesOf, type Entry, type RefusedEntry } from "./batch.ts";
import { type Arrival, itemise, record, type Surroundings } from "./session-events.ts";
import { SessionCache, type SessionState } from "./session-state.ts";

/** How often a stream may have been changed by somebody else before we give up and let the bus deliver again. */
const ATTEMPTS = 8;

/** What one batch brings to one session stream. */
export interface Group {
  readonly entries: Entry[];
  /** Set on the stream of a process' counters when its calls were seen in a session. */
  itemise: { readonly process: string; readonly cause: Arrival } | null;
  /** Store ids that the last attempt found in use. */
  taken?: ReadonlySet<string>;
}

interface Repeat {
  readonly entry: Entry;
  readonly stream: string;
  readonly revision: number;
}

/** Decides and appends what belongs to sessions, each stream as one atomic step from the revision it was decided on. */
export class SessionAppender {
  readonly #store: EventStore;
  readonly #cache: SessionCache;

  constructor(store: EventStore) {
    this.#store = store;
    this.#cache = new SessionCache(store);
  }

  /** Resolves once everything is durable, with what turned out to reuse an id for something else. */
  async append(groups: Map<string, Group>, around: Surroundings): Promise<RefusedEntry[]> {
    const repeats: Repeat[] = [];
    const elsewhere: Entry[] = [];
    let open = groups;
    for (let attempt = 0; open.size > 0; attempt++) {
      if (attempt === ATTEMPTS)
        throw new Error(`${open.size} session streams kept changing; is a second ingester running on the same agents?`);
      open = await this.#attempt(open, around, repeats, elsewhere);
    }
    return [...elsewhere.map(reused), ...(await this.#reused(repeats))];
  }

  /** Answers the groups whose stream was changed by somebody else in the meantime. */
  async #attempt(groups: Map<string, Group>, around: Surroundings, repeats: Repeat[], elsewhere: Entry[]): Promise<Map<string, Group>> {
    const states = await this.#cache.get(groups.keys());
    const appends: StreamAppend[] = [];
    const stored: (() => void)[] = [];
    for (const [stream, group] of groups) {
      const state = states.get(stream) as SessionState;
      const expected = state.revision < 0 ? "none" : state.revision;
      const events: NewEvent[] = group.itemise ? itemise(group.itemise.process, group.itemise.cause, state, around) : [];
      const fresh: Entry[] = [];
      const known: Repeat[] = [];
      const foreign: Entry[] = [];
      for (const entry of group.entries) {
        const revision = state.ids.get(entry.arrival.uuid);
        if (revision !== undefined) known.push({ entry, stream, revision });
        else if (group.taken?.has(entry.arrival.uuid)) foreign.push(entry);
        else {
          fresh.push(entry);
          events.push(...record(entry.arrival, state, around));
        }
      }
      this.#cache.keep(stream, state);
      const settle = () => {
        for (const { receipt } of fresh) receipt.stored += 1;
        repeats.push(...known);
        elsewhere.push(...foreign);
      };
      if (events.length === 0) settle();
      else {
        appends.push({ stream, expected, events });
        stored.push(settle);
      }
    }
    return this.#write(appends, stored, groups);
  }

  async #write(appends: readonly StreamAppend[], stored: readonly (() => void)[], groups: Map<string, Group>): Promise<Map<string, Group>> {
    const again = new Map<string, Group>();
    if (appends.length === 0) return again;
    const outcomes = await this.#store.append(appends).catch((error: unknown) => {
      // Whether it was stored is unknown: forget what was assumed, the stream tells when the bus delivers again.
      for (const { stream } of appends) this.#cache.drop(stream);
      throw error;
    });
    outcomes.forEach((outcome, nth) => {
      const { stream } = appends[nth] as StreamAppend;
      if (outcome.kind !== "conflict") return stored[nth]?.();
      this.#cache.drop(stream);
      const group = groups.get(stream) as Group;
      if (outcome.taken) group.taken = new Set(outcome.taken);
      again.set(stream, group);
    });
    return again;
  }

  /** A repeated id is a harmless second delivery when it says the same; else its content must not be lost. */
  async #reused(repeats: readonly Repeat[]): Promise<RefusedEntry[]> {
    const different: RefusedEntry[] = [];
    for (const { entry, stream, revision } of repeats) {
      const [stored] = await this.#store.readStream(stream, revision, 1);
      if (stored && !saysTheSame(stored, entry.arrival)) different.push(reused(entry));
      else entry.receipt.duplicates += 1;
    }
    return different;
  }
}

function reused(entry: Entry): RefusedEntry {
  const { event, data } = entry.arrival;
  return { ...entry, refused: { refusal: idReused, bytes: bytesOf({ ...event, data }), contentType: "application/json" } };
}

const idReused = {
  code: "id_reused",
  reason: "this id was used before for different data; give every event an id of its own (a UUIDv7 is best)",
  at: "/id",
} as const;

/** Content is compared by kind and size: the same text is sealed under the id of its event. */
function saysTheSame(stored: RecordedEvent, arrival: Arrival): boolean {
  if (stored.type !== arrival.schema.type) return false;
  const { data } = JSON.parse(stored.body) as StoredEvent;
  return isDeepStrictEqual(comparable(data), comparable(arrival.data));
}

function comparable(data: Record<string, unknown>): unknown {
  const { content, ...rest } = JSON.parse(JSON.stringify(data)) as { content?: { kind: string; length: number }[] };
  return { ...rest, content: (content ?? []).map(({ kind, length }) => ({ kind, length })) };
}
