import type { EventReader } from "../ports/event-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import { foldSession, newSession, SESSION_COLUMNS, type SessionState, sessionFrom } from "./fold-session.ts";
import { type ReadEvent, readEvent, streamOfSession } from "./read-event.ts";

const PAGE = 1000;
/** Sessions in one question: their ids travel in its address when ClickHouse is a server. */
const LOOKUP = 500;

interface Sources {
  readonly store: EventReader;
  readonly reads: ReadStore;
}

/**
 * The sessions that were busy last. One that is not at hand goes on from its row; where the row is older than expected, or
 * missing, the stream itself fills the gap. An event that the row has already is not folded again.
 */
export class SessionStates {
  readonly #sources: Sources;
  readonly #capacity: number;
  readonly #held = new Map<string, SessionState>();
  readonly #touched = new Set<SessionState>();

  constructor(sources: Sources, capacity = 20_000) {
    this.#sources = sources;
    this.#capacity = capacity;
  }

  /** @param events of sessions' streams, in order */
  async fold(events: readonly ReadEvent[]): Promise<void> {
    await this.#restore(events);
    for (const event of events) {
      const { stream, revision } = event.recorded;
      const state = this.#stateOf(stream, event);
      if (revision <= state.revision) continue;
      if (revision > state.revision + 1) await this.#fill(state, stream, revision);
      foldSession(state, event);
      this.#touched.add(state);
    }
  }

  /** What changed since it was last taken. */
  take(): readonly SessionState[] {
    const changed = [...this.#touched].map((state) => ({ ...state }));
    this.#touched.clear();
    for (const stream of this.#held.keys()) {
      if (this.#held.size <= this.#capacity) break;
      this.#held.delete(stream);
    }
    return changed;
  }

  /** The state, moved to the end of those that are let go. */
  #stateOf(stream: string, { agent, session }: ReadEvent): SessionState {
    const state = this.#held.get(stream) ?? newSession(agent, session ?? "");
    this.#held.delete(stream);
    this.#held.set(stream, state);
    return state;
  }

  async #restore(events: readonly ReadEvent[]): Promise<void> {
    const missing = new Map<string, ReadEvent>();
    const seen = new Set<string>();
    for (const event of events) {
      const { stream, revision } = event.recorded;
      if (seen.has(stream)) continue;
      seen.add(stream);
      if (revision > 0 && !this.#held.has(stream)) missing.set(stream, event);
    }
    if (missing.size === 0) return;
    const wanted = [...missing.values()];
    for (let at = 0; at < wanted.length; at += LOOKUP) {
      for (const state of await this.#read(wanted.slice(at, at + LOOKUP))) {
        const stream = streamOfSession(state.agent, state.session);
        if (missing.has(stream)) this.#held.set(stream, state);
      }
    }
  }

  async #read(wanted: readonly ReadEvent[]): Promise<SessionState[]> {
    const rows = await this.#sources.reads.query<Record<string, unknown>>(
      `SELECT ${SESSION_COLUMNS.join(", ")} FROM sessions FINAL
       WHERE agent IN {agents:Array(String)} AND session IN {sessions:Array(String)}`,
      { agents: [...new Set(wanted.map(({ agent }) => agent))], sessions: wanted.map(({ session }) => session ?? "") },
    );
    return rows.map(sessionFrom);
  }

  async #fill(state: SessionState, stream: string, until: number): Promise<void> {
    while (state.revision + 1 < until) {
      const from = state.revision + 1;
      const events = await this.#sources.store.readStream(stream, from, Math.min(PAGE, until - from));
      if (events.length === 0) throw new Error(`the stream ${stream} has no event ${from} although event ${until} was read`);
      for (const recorded of events) foldSession(state, readEvent(recorded));
    }
  }
}
