import type { RecordedEvent } from "../../ports/event-store.ts";

/** All ids of a stream up to a revision (-1: up to nothing). */
export interface Known {
  readonly revision: number;
  readonly ids: ReadonlyMap<string, number>;
}

const NOTHING: Known = { revision: -1, ids: new Map() };

/**
 * Which ids the streams that were used lately hold. The server keeps no index of ids; it compares them only with what
 * lies where an append wants to go. Bounded: what was used longest ago is forgotten, and read again when needed.
 */
export class StreamMemory {
  readonly #streams = new Map<string, { revision: number; readonly ids: Map<string, number> }>();
  readonly #most: number;
  #ids = 0;

  constructor(most = 200_000) {
    this.#most = most;
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  of(stream: string): Known {
    return this.#streams.get(stream) ?? NOTHING;
  }

  /** What goes on from what is known is remembered; what begins after a gap, or is known, teaches nothing. */
  learn(stream: string, events: readonly Pick<RecordedEvent, "id" | "revision">[]): void {
    const known = this.#streams.get(stream) ?? { revision: -1, ids: new Map<string, number>() };
    for (const { id, revision } of events) {
      if (revision !== known.revision + 1) continue;
      known.revision = revision;
      known.ids.set(id, revision);
      this.#ids += 1;
    }
    if (known.revision < 0) return;
    this.#streams.delete(stream);
    this.#streams.set(stream, known);
    this.#forget(stream);
  }

  #forget(except: string): void {
    for (const [stream, { ids }] of this.#streams) {
      if (this.#ids <= this.#most) return;
      if (stream === except) continue;
      this.#streams.delete(stream);
      this.#ids -= ids.size;
    }
  }
}
