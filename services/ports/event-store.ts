/** Opaque place in the order of all events. Compare as strings: later is greater. Fixed width per store. */
export type Position = string & { readonly __position: unique symbol };

export interface NewEvent {
  /** UUID in lower case, unique over the whole store. Derived from (source, CloudEvents id): see `domain/ids.ts`. */
  readonly id: string;
  readonly type: string;
  /** The stored envelope as JSON. The store keeps these bytes exactly. */
  readonly body: string;
}

export interface RecordedEvent extends NewEvent {
  readonly position: Position;
  readonly stream: string;
  /** 0 for the first event of a stream, then without holes. */
  readonly revision: number;
}

/** What the writer believes about the stream: nothing, that it is new, that it exists, or its last revision. */
export type Expected = "any" | "none" | "exists" | number;

export interface StreamAppend {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
}

/** Revision and position are those of the last event of the append. */
export type AppendOutcome =
  | { readonly kind: "appended"; readonly revision: number; readonly position: Position }
  /** Every event was already in this stream, whatever was expected: a repeated write. Nothing was stored. */
  | { readonly kind: "already"; readonly revision: number }
  /**
   * `expected` does not hold, or an id is taken elsewhere or only in part. Nothing of this append was stored. `taken`
   * lists the ids that are in the way: with them, trying again from a newer revision cannot succeed.
   */
  | { readonly kind: "conflict"; readonly current: number | null; readonly taken?: readonly string[] };

/** Everything, or only some categories (the part of the stream name before the first `-`). */
export interface Filter {
  readonly categories?: readonly string[];
}

export interface Page {
  readonly events: readonly RecordedEvent[];
  /** Where to go on, also when the filter let nothing through; null when the store is empty so far. */
  readonly next: Position | null;
  /** No further event was stored when this page was read. */
  readonly atEnd: boolean;
}

/** Reading only. Screens and projections hold this type. */
export interface EventReader {
  /** Events of one stream in order, from `from` (inclusive). Fewer than `limit` only at its end; none when it does not exist. */
  readStream(stream: string, from: number, limit: number): Promise<readonly RecordedEvent[]>;
  /**
   * Events of all streams after `after` (exclusive; null: from the beginning), oldest first. A page may be shorter than
   * `limit` although there is more. MUST refuse a position that lies beyond the newest event: it is another store's.
   */
  readAll(after: Position | null, limit: number, filter?: Filter): Promise<Page>;
  /**
   * History, then everything as it is stored, until the signal aborts. MUST neither skip nor repeat an event at the
   * change-over, and MUST keep the order of positions. Yields batches of at most `limit`, never an empty one. Ends when
   * the signal aborts; throws when the store is closed meanwhile.
   */
  follow(after: Position | null, limit: number, signal: AbortSignal, filter?: Filter): AsyncIterable<readonly RecordedEvent[]>;
  /** Position of the newest event, null when there is none. */
  head(): Promise<Position | null>;
}

/**
 * The only truth. Events are never changed or removed.
 *
 * `append` resolves once every outcome is durable: a power cut afterwards loses nothing. Each `StreamAppend` is atomic;
 * those to one stream happen in their order, those to different streams in any. Outcomes come in the order of the appends.
 * When it rejects, what was stored is unknown: appending the same again is safe. An id that is already stored MUST NOT be stored again.
 */
export interface EventStore extends EventReader, AsyncDisposable {
  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]>;
  /** What is really behind this port, asked from the engine itself. */
  identify(): Promise<{ readonly product: string; readonly version: string }>;
}
