import type { StoredEvent } from "../../schemas/event.ts";
import { LineBroadcastAcknowledged, type LineScope } from "../../schemas/line.ts";
import { dataOf } from "../domain/fact.ts";
import { findAndon, foldLine } from "../domain/line/fold.ts";
import { lineStream, scopeKey } from "../domain/line/scope.ts";
import type { Andon, AndonState, Line } from "../domain/line/state.ts";
import type { LineMessage } from "../ports/line-broadcast.ts";

/** Messages per line whose acknowledgements are known; one that is older is of no interest to anybody. */
const BROADCASTS_KEPT = 20;
/** Runtimes per message: far more than a scope has, and a bound on what a broken one can fill. */
const RUNTIMES_KEPT = 20_000;

export interface Broadcast {
  readonly message: LineMessage;
  /** Milliseconds from the event's storing to the runtime's answer. */
  readonly acknowledged: ReadonlyMap<string, number>;
}

interface Kept {
  line: Line | null;
  events: number;
  readonly broadcasts: { readonly message: LineMessage; readonly acknowledged: Map<string, number> }[];
}

/** All lines as the event store has them, in memory. */
export class LineView {
  readonly #kept = new Map<string, Kept>();
  /** Lines that are not running normally: the few that a request has to be compared with. */
  readonly #disturbed = new Map<string, readonly Andon[]>();

  /** Takes each event of a stream once, in order; a repetition changes nothing. */
  apply(event: StoredEvent, stream: string, revision: number): void {
    const kept = this.#kept.get(stream) ?? { line: null, events: 0, broadcasts: [] };
    if (revision !== kept.events) return;
    this.#kept.set(stream, kept);
    kept.events += 1;
    const heard = dataOf(LineBroadcastAcknowledged, event);
    if (heard) {
      const acknowledged = kept.broadcasts.find(({ message }) => message.broadcastId === heard.broadcastId)?.acknowledged;
      if (acknowledged && acknowledged.size < RUNTIMES_KEPT) acknowledged.set(heard.runtimeId, heard.latencyMs);
      return;
    }
    const { andonId } = event.data as { andonId: string };
    const before = kept.line && findAndon(kept.line, andonId);
    kept.line = foldLine(kept.line, event);
    const after = kept.line && findAndon(kept.line, andonId);
    if (after && before?.state !== after.state) announce(kept, after, event, revision);
    if (kept.line) this.#index(kept.line);
  }

  #index({ scope, active, past }: Line): void {
    const andons = [...(active ? [active] : []), ...past.filter(({ state }) => state === "released")];
    if (andons.length > 0) this.#disturbed.set(scopeKey(scope), andons);
    else this.#disturbed.delete(scopeKey(scope));
  }

  eventsOf(stream: string): number {
    return this.#kept.get(stream)?.events ?? 0;
  }

  get(scope: LineScope): Line | null {
    return this.#kept.get(lineStream(scope))?.line ?? null;
  }

  /** Pulls that are active, and those that were released and wait for their lesson, by the key of their scope. */
  get disturbed(): ReadonlyMap<string, readonly Andon[]> {
    return this.#disturbed;
  }

  /** Every scope whose cord was ever pulled. */
  list(): Line[] {
    return [...this.#kept.values()].flatMap(({ line }) => line ?? []);
  }

  broadcast(scope: LineScope, broadcastId: string): Broadcast | null {
    return this.#kept.get(lineStream(scope))?.broadcasts.find(({ message }) => message.broadcastId === broadcastId) ?? null;
  }

  /** What was last to be told about a line. */
  lastBroadcast(scope: LineScope): Broadcast | null {
    return this.#kept.get(lineStream(scope))?.broadcasts.at(-1) ?? null;
  }
}

function announce(kept: Kept, { andonId, scope, state, trial }: Andon, event: StoredEvent, revision: number): void {
  const trialChange = state === ("trial" satisfies AndonState) ? (trial?.changeId ?? null) : null;
  const message = { broadcastId: `${andonId}.${revision}`, scope, andonId, state, trialChange, revision, at: event.recordedat };
  kept.broadcasts.push({ message, acknowledged: new Map() });
  if (kept.broadcasts.length > BROADCASTS_KEPT) kept.broadcasts.shift();
}
