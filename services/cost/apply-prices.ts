import { isDeepStrictEqual } from "node:util";
import { CostPricesApplied } from "../../schemas/cost.ts";
import type { DataOf, StoredEvent } from "../../schemas/event.ts";
import type { PriceRow } from "../../schemas/price.ts";
import { changedBy } from "../domain/cost/prices.ts";
import type { Correction } from "../domain/cost/rate-corrections.ts";
import { platformEvent } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type PriceChange, readPriceHistory } from "./price-history.ts";
import { type ReRated, type ReRateOptions, type ReRateProgress, reRate } from "./re-rate.ts";

const STREAM = "cost-prices";
const PAGE = 1000;

export interface ApplyPricesOptions {
  /** The platform's clock, RFC 3339 UTC. */
  readonly now: () => string;
  /**
   * Resolves when every ingester knows the prices of now. Awaited before the movements are looked at that were rated
   * meanwhile; left out where nothing is ingesting.
   */
  readonly settled?: () => Promise<void>;
  readonly progress?: (progress: ReRateProgress) => void;
  readonly signal?: AbortSignal;
}

/** `stopped`: the signal aborted; what was corrected stays, and the next run does the rest. */
export type PricesApplied =
  | { readonly kind: "current" | "stopped" }
  | ({ readonly kind: "applied"; readonly changes: number } & Omit<ReRated, "searchedTo">);

/**
 * Corrects past costs by the prices that changed since this was last done, and remembers that it is done. The note is
 * written last: after a crash the same changes are applied again, which adds what is missing and nothing else.
 */
export async function applyPrices(store: EventStore, options: ApplyPricesOptions): Promise<PricesApplied> {
  const last = await lastNote(store);
  const { book, changes, position } = await readPriceHistory(store, last?.pricesUpTo ?? null);
  const rows = [...changes.values()]
    .filter(({ before, now }) => !pricesTheSame(before, now.row))
    .flatMap(({ before, now }) => [before, now.row])
    .filter((row) => row !== null);
  if (position === null || rows.length === 0) return { kind: "current" };
  const touched = changedBy(rows);
  const common = {
    ...options,
    book,
    concerned: ({ provider, model, occurredAt }: { provider: string; model: string; occurredAt: string }) =>
      touched(provider, model, Date.parse(occurredAt)),
    because: (correction: Correction) => becauseOf(correction, changes),
  };
  const sums = await reRateTwice(store, common, options).catch((error: unknown) => {
    if (options.signal?.aborted && error === options.signal.reason) return null;
    throw error;
  });
  if (!sums) return { kind: "stopped" };
  const data = { pricesUpTo: position, checked: sums.checked, corrected: sums.corrected };
  const occasion = {
    actor: { kind: "service", id: "ledger" },
    id: `prices-applied:${position}`,
    subject: "prices",
    at: options.now(),
  } as const;
  await store.append([{ stream: STREAM, expected: "any", events: [platformEvent(CostPricesApplied, data, occasion)] }]);
  return { kind: "applied", changes: changes.size, ...sums };
}

/** Once for what is there, and once more for what was rated by the old prices in the meantime. */
async function reRateTwice(
  store: EventStore,
  common: ReRateOptions,
  { settled }: ApplyPricesOptions,
): Promise<Omit<ReRated, "searchedTo">> {
  const first = await reRate(store, common);
  await settled?.();
  const rest = await reRate(store, { ...common, after: first.searchedTo });
  return {
    checked: first.checked + rest.checked,
    corrected: first.corrected + rest.corrected,
    pico: first.pico + rest.pico,
    unpriced: first.unpriced + rest.unpriced,
  };
}

/** A row that was only read again, or explained better, moves nothing. */
function pricesTheSame(a: PriceRow | null, b: PriceRow | null): boolean {
  const bare = (row: PriceRow | null) => row && { ...row, seen: null, note: null };
  return isDeepStrictEqual(bare(a), bare(b));
}

async function lastNote(store: EventStore): Promise<DataOf<typeof CostPricesApplied> | null> {
  let note: DataOf<typeof CostPricesApplied> | null = null;
  for (let from = 0; ; from += PAGE) {
    const events = await store.readStream(STREAM, from, PAGE);
    const last = events.at(-1);
    if (last) note = (JSON.parse(last.body) as StoredEvent<DataOf<typeof CostPricesApplied>>).data;
    if (events.length < PAGE) return note;
  }
}

/** The change that brought a price, else the one that took it; a correction by rows that did not change has no such event. */
function becauseOf({ gained, lost }: Correction, changes: ReadonlyMap<string, PriceChange>) {
  const found = [...gained, ...lost].find((priceId) => changes.has(priceId));
  const [named] = found === undefined ? [...gained, ...lost] : [found];
  const reason =
    named === undefined ? "the prices changed" : gained.includes(named) ? `priced by ${named}` : `${named} no longer prices it`;
  return { causationId: found === undefined ? undefined : changes.get(found)?.now.eventId, reason };
}
