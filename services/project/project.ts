import { setTimeout as sleep } from "node:timers/promises";
import type { EventReader, Position, RecordedEvent } from "../ports/event-store.ts";
import type { Checkpoint, ReadStore } from "../ports/read-store.ts";
import { Projection } from "./projection.ts";
import type { Totals } from "./totals.ts";

const PAGE = 5_000;

/** Rows are written when the oldest has waited `ms`, or when they stand for so many events. */
export interface Pace {
  readonly ms: number;
  readonly events: number;
}

const PACE: Pace = { ms: 250, events: 20_000 };
/** Writing takes at most one part in so many of the time, so that a slow disk is not kept busy with tiny parts. */
const REST = 2;

export interface Progress {
  /** `rebuild` and `catch-up` until everything that was stored at the start is projected and adds up. */
  readonly phase: "rebuild" | "catch-up" | "live";
  /** Events projected since the start of the log. */
  readonly events: number;
  readonly position: Position | null;
}

export interface Projecting {
  readonly store: EventReader;
  readonly reads: ReadStore;
  readonly signal: AbortSignal;
  readonly segmentEvents?: number;
  readonly pace?: Pace;
  readonly from: Checkpoint | null;
  /** The newest event at the start; null: the store is empty. */
  readonly until: Position | null;
  readonly phase: "rebuild" | "catch-up";
  readonly onProgress: (progress: Progress) => void;
  /** Asked once, when everything up to `until` is written: whether to go on. */
  readonly caughtUp: (totals: Totals) => Promise<boolean>;
}

/** Follows the event store and writes rows until the signal aborts, or until `caughtUp` says no. */
export async function project(options: Projecting): Promise<"aborted" | "stopped"> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const run = new Run(options);
  try {
    if (options.until === null && !(await run.arrive())) return "stopped";
    const batches = options.store.follow(options.from?.position ?? null, PAGE, signal)[Symbol.asyncIterator]();
    let next = batches.next();
    next.catch(() => {});
    for (;;) {
      const got = await within(Promise.race([next, run.broken]), run.due());
      if (got === LATE) {
        await run.flush();
        continue;
      }
      if (got.done) break;
      next = batches.next();
      next.catch(() => {});
      if (!(await run.take(got.value))) return "stopped";
    }
    await run.finish();
    return "aborted";
  } finally {
    stop.abort();
    await run.settle();
  }
}

class Run {
  readonly #options: Projecting;
  readonly #projection: Projection;
  readonly #pace: Pace;
  #arrived = false;
  #position: Position | null;
  #writing: Promise<void> = Promise.resolve();
  readonly #failed = Promise.withResolvers<never>();
  /** Rejects when a write failed, also while nothing else happens. */
  readonly broken = this.#failed.promise;
  /** When the rows that wait are to be written. */
  #dueAt = 0;
  #lastMs = 0;

  constructor(options: Projecting) {
    this.#options = options;
    this.#projection = new Projection(options, options.from);
    this.#pace = options.pace ?? PACE;
    this.#position = options.from?.position ?? null;
    this.broken.catch(() => {});
  }

  /** Milliseconds until rows must be written; null when there are none. */
  due(): number | null {
    return this.#projection.pending === 0 ? null : Math.max(0, this.#dueAt - performance.now());
  }

  async take(batch: readonly RecordedEvent[]): Promise<boolean> {
    for (let at = 0; at < batch.length; ) {
      const part = batch.slice(at, at + this.#projection.room);
      at += part.length;
      if (this.#projection.pending === 0) this.#dueAt = performance.now() + Math.max(this.#pace.ms, REST * this.#lastMs);
      await this.#projection.fold(part);
      this.#position = part.at(-1)?.position ?? this.#position;
      const { pending, room } = this.#projection;
      if (room === 0 || pending >= this.#pace.events || this.due() === 0) await this.flush();
    }
    const { until } = this.#options;
    if (this.#arrived || until === null || this.#position === null || this.#position < until) return true;
    return this.arrive();
  }

  /** Starts writing what waits, after what is being written already: meanwhile the next events are folded. */
  async flush(): Promise<void> {
    const portion = this.#projection.take();
    await this.#writing;
    const { reads, onProgress } = this.#options;
    const progress = this.#progress();
    const started = performance.now();
    this.#writing = reads.write(portion.rows, portion.checkpoint).then(() => {
      this.#lastMs = performance.now() - started;
      onProgress(progress);
    });
    this.#writing.catch(this.#failed.reject);
  }

  #progress(): Progress {
    const phase = this.#arrived ? "live" : this.#options.phase;
    return { phase, events: this.#projection.totals.events, position: this.#position };
  }

  /** Everything that was stored at the start is folded: writes it and asks whether it adds up. */
  async arrive(): Promise<boolean> {
    await this.finish();
    const goesOn = await this.#options.caughtUp(this.#projection.totals);
    this.#arrived = true;
    if (goesOn) this.#options.onProgress(this.#progress());
    return goesOn;
  }

  async finish(): Promise<void> {
    if (this.#projection.pending > 0) await this.flush();
    await this.#writing;
  }

  /** Nothing of ours is under way any more. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => {});
  }
}

const LATE: unique symbol = Symbol("late");

/** The promise, or `LATE` when it takes longer than `ms`; null: wait for ever. */
async function within<T>(promise: Promise<T>, ms: number | null): Promise<T | typeof LATE> {
  if (ms === null) return promise;
  const done = new AbortController();
  const late = sleep(ms, null, { signal: done.signal }).then(
    (): typeof LATE => LATE,
    (): typeof LATE => LATE,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}
