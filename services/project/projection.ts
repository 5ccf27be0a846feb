import type { EventReader, Position, RecordedEvent } from "../ports/event-store.ts";
import type { Checkpoint, ReadStore, Rows } from "../ports/read-store.ts";
import { type Movement, movementOf, movementRows, SegmentCosts } from "./fold-costs.ts";
import { decisionRow, decisionRows, isDecision } from "./fold-decisions.ts";
import { eventRow, eventRows } from "./fold-events.ts";
import { type Held, heldAfter, heldRows, isQuarantine } from "./fold-quarantine.ts";
import { sessionRows } from "./fold-session.ts";
import { readEvent } from "./read-event.ts";
import { SessionStates } from "./session-states.ts";
import { SEGMENT_EVENTS, shapeOf } from "./shape.ts";
import { Totals } from "./totals.ts";

export interface Sources {
  readonly store: EventReader;
  readonly reads: ReadStore;
  /** Events of a segment, when not as many as usual. */
  readonly segmentEvents?: number;
}

/** Rows to be written, in this order, and what they bring the projection to. */
export interface Portion {
  readonly rows: readonly Rows[];
  readonly checkpoint?: Checkpoint;
}

/**
 * Turns events into rows. A segment closes after a fixed number of events, never for another reason: then every run cuts
 * the log at the same places and writes the same rows.
 */
export class Projection {
  readonly #sources: Sources;
  readonly #sessions: SessionStates;
  readonly #segmentEvents: number;
  readonly totals: Totals;
  #segment: number;
  #costs: SegmentCosts;
  #inSegment = 0;
  #events: (readonly unknown[])[] = [];
  #last: Position | null = null;
  #movements: Movement[] = [];
  #held = new Map<string, Held>();
  #decisions: (readonly unknown[])[] = [];

  constructor(sources: Sources, from: Checkpoint | null) {
    this.#sources = sources;
    this.#sessions = new SessionStates(sources);
    this.#segmentEvents = sources.segmentEvents ?? SEGMENT_EVENTS;
    this.totals = Totals.from(from?.totals ?? {});
    this.#segment = from?.segment ?? 1;
    this.#costs = new SegmentCosts(this.#segment);
  }

  /** Events that were folded and whose rows were not taken yet. */
  get pending(): number {
    return this.#events.length;
  }

  /** How many events still go into the open segment. */
  get room(): number {
    return this.#segmentEvents - this.#inSegment;
  }

  /** @param recorded the next events of the log, at most `room` of them */
  async fold(recorded: readonly RecordedEvent[]): Promise<void> {
    const events = recorded.map(readEvent);
    await this.#sessions.fold(events.filter(({ session }) => session !== null));
    for (const event of events) {
      const movement = movementOf(event);
      if (movement) {
        this.#movements.push(movement);
        this.#costs.add(movement);
      }
      this.totals.add(event, movement);
      const { stream } = event.recorded;
      if (isQuarantine(stream)) this.#held.set(stream, await heldAfter(this.#sources.store, event.recorded));
      if (isDecision(event)) this.#decisions.push(decisionRow(event));
      this.#events.push(eventRow(event));
    }
    const last = events.at(-1);
    if (!last) return;
    this.#last = last.recorded.position;
    this.#inSegment += events.length;
  }

  /** The rows since the last time. Events come last: where they end is how far everything is. */
  take(): Portion {
    const closing = this.room === 0;
    const rows = [
      movementRows(this.#movements),
      this.#costs.take(),
      sessionRows(this.#sessions.take()),
      heldRows(this.#held.values()),
      decisionRows(this.#decisions),
      eventRows(this.#events),
    ].filter(({ values }) => values.length > 0);
    this.#events = [];
    this.#movements = [];
    this.#held = new Map();
    this.#decisions = [];
    return closing ? { rows, checkpoint: this.#close() } : { rows };
  }

  #close(): Checkpoint {
    this.#segment += 1;
    this.#costs = new SegmentCosts(this.#segment);
    this.#inSegment = 0;
    return { position: this.#last, segment: this.#segment, shape: shapeOf(this.#segmentEvents), totals: this.totals.named() };
  }
}
