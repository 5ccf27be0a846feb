import { CostComputed, type CostMovement, CostRecomputed } from "../../schemas/cost.ts";
import { dataschemaOf, type StoredEvent } from "../../schemas/event.ts";
import type { PriceBook } from "../domain/cost/prices.ts";
import { type Correction, RatedMovements } from "../domain/cost/rate-corrections.ts";
import { eventUuid } from "../domain/ids.ts";
import type { EventStore, NewEvent, Position, StreamAppend } from "../ports/event-store.ts";

const PAGE = 1000;
/** A session with more corrections than this is corrected in several appends; each entry's correction is whole either way. */
const EVENTS_PER_APPEND = 500;
const SESSIONS_AT_ONCE = 32;
const ATTEMPTS = 8;

export interface ReRateProgress {
  readonly phase: "searching" | "correcting";
  /** Events searched, or sessions looked at. */
  readonly done: number;
  /** Sessions to look at; null while they are searched for. */
  readonly of: number | null;
  readonly corrected: number;
}

export interface ReRateOptions {
  readonly book: PriceBook;
  /** Which movements may cost something else now. */
  readonly concerned: (movement: CostMovement) => boolean;
  /** Why, for one correction: CloudEvents id of the price event that caused it, and a sentence. */
  readonly because: (correction: Correction) => { readonly causationId: string | undefined; readonly reason: string };
  /** The platform's clock, RFC 3339 UTC. */
  readonly now: () => string;
  readonly after?: Position | null;
  readonly progress?: (progress: ReRateProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ReRated {
  readonly checked: number;
  readonly corrected: number;
  /** What the corrections add up to. */
  readonly pico: bigint;
  readonly unpriced: number;
  /** Movements up to here were looked at; null when there are none. */
  readonly searchedTo: Position | null;
}

/**
 * Appends the difference wherever a movement's cost is not what the price book says. What was appended before counts, so a
 * second run finds nothing, a run after a crash does the rest, and two runs at once store each correction once. Movements
 * that are appended meanwhile are the caller's to look at: run again from `searchedTo`.
 */
export async function reRate(store: EventStore, options: ReRateOptions): Promise<ReRated> {
  const sums = { checked: 0, corrected: 0, pico: 0n, unpriced: 0 };
  const { sessions, searchedTo } = await search(store, options);
  let done = 0;
  for (let start = 0; start < sessions.length; start += SESSIONS_AT_ONCE) {
    await correctAll(store, sessions.slice(start, start + SESSIONS_AT_ONCE), options, sums);
    done = Math.min(start + SESSIONS_AT_ONCE, sessions.length);
    options.progress?.({ phase: "correcting", done, of: sessions.length, corrected: sums.corrected });
  }
  return { ...sums, searchedTo };
}

/** Only names are kept, so that a log of any length can be searched. */
async function search(store: EventStore, { concerned, after, progress, signal }: ReRateOptions) {
  const sessions = new Set<string>();
  let position: Position | null = after ?? null;
  for (let done = 0; ; ) {
    signal?.throwIfAborted();
    const page = await store.readAll(position, PAGE, { categories: ["session"] });
    for (const { type, stream, body } of page.events) {
      if (type !== CostComputed.type || sessions.has(stream)) continue;
      const { data } = JSON.parse(body) as StoredEvent<CostMovement>;
      if (concerned(data)) sessions.add(stream);
    }
    position = page.next ?? position;
    done += page.events.length;
    progress?.({ phase: "searching", done, of: null, corrected: 0 });
    if (page.atEnd) return { sessions: [...sessions], searchedTo: position };
  }
}

interface Sums {
  checked: number;
  corrected: number;
  pico: bigint;
  unpriced: number;
}

async function correctAll(store: EventStore, streams: readonly string[], options: ReRateOptions, sums: Sums): Promise<void> {
  let open = streams;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new Error("somebody else kept correcting the same sessions; is the same work running twice?");
    const appends: { readonly append: StreamAppend; readonly corrections: readonly Correction[] }[] = [];
    for (const stream of open) {
      options.signal?.throwIfAborted();
      const { checked, found } = (await movementsOf(store, stream)).corrections(options.book, options.concerned);
      if (attempt === 0) sums.checked += checked;
      for (let start = 0; start < found.length; start += EVENTS_PER_APPEND) {
        const corrections = found.slice(start, start + EVENTS_PER_APPEND);
        const events = corrections.map((correction) => eventOf(correction, options));
        appends.push({ append: { stream, expected: "any", events }, corrections });
      }
    }
    if (appends.length === 0) return;
    const outcomes = await store.append(appends.map(({ append }) => append));
    const again = new Set<string>();
    outcomes.forEach((outcome, nth) => {
      const { append, corrections } = appends[nth] as (typeof appends)[number];
      // Somebody corrected the same state first, perhaps by other prices: look at the session once more.
      if (outcome.kind !== "appended") again.add(append.stream);
      else for (const { data } of corrections) count(sums, data);
    });
    open = [...again];
  }
}

function count(sums: Sums, { pico, unpriced }: Correction["data"]): void {
  sums.corrected += 1;
  sums.pico += BigInt(pico);
  sums.unpriced += unpriced;
}

async function movementsOf(store: EventStore, stream: string): Promise<RatedMovements> {
  const movements = new RatedMovements();
  for (let from = 0; ; from += PAGE) {
    const events = await store.readStream(stream, from, PAGE);
    for (const { type, body } of events) {
      if (type === CostComputed.type || type === CostRecomputed.type) movements.add(JSON.parse(body) as StoredEvent);
    }
    if (events.length < PAGE) return movements;
  }
}

/** Everything around the movement stays as it was, its team and place above all; only what is said is new. */
function eventOf(correction: Correction, { because, now }: ReRateOptions): NewEvent {
  const { data: _, ...envelope } = correction.of;
  const { causationId, reason } = because(correction);
  const event = {
    ...envelope,
    id: correction.id,
    type: CostRecomputed.type,
    dataschema: dataschemaOf(CostRecomputed),
    causationid: causationId ?? envelope.id,
    recordedat: now(),
    data: { ...correction.data, reason },
  };
  return { id: eventUuid(envelope.source, correction.id), type: event.type, body: JSON.stringify(event) };
}
