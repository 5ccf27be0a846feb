import { CostComputed, type CostCorrection, type CostMovement, CostRecomputed, type RatedPart } from "../../../schemas/cost.ts";
import type { StoredEvent } from "../../../schemas/event.ts";
import type { PriceBook } from "./prices.ts";
import { rate } from "./rate.ts";

/** What one entry of the ledger costs so far: its movement and every correction of it. */
interface Entry {
  readonly movement: StoredEvent<CostMovement>;
  readonly parts: Map<string, RatedPart>;
  pico: bigint;
  unpriced: number;
  corrections: number;
}

export interface Correction {
  /** The movement that is corrected: the correction keeps its time and place, so that it moves the same hour and group. */
  readonly of: StoredEvent<CostMovement>;
  /** Unique per state of the entry: two who correct the same state make the same event, and it is stored once. */
  readonly id: string;
  readonly data: Omit<CostCorrection, "reason">;
  /** Rows that price the entry now and did not, or by another amount; and rows that priced it and no longer do. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** The rated movements of one session, and what is to be added so that they agree with a price book. */
export class RatedMovements {
  readonly #entries = new Map<string, Entry>();

  /** Takes a stream's events from the first to the last; others than movements change nothing. */
  add(event: StoredEvent): void {
    if (event.type === CostComputed.type) this.#start(event as unknown as StoredEvent<CostMovement>);
    else if (event.type === CostRecomputed.type) this.#correct(event.data as unknown as CostCorrection);
  }

  /** @param concerned which entries may have another price now; the others are left alone */
  corrections(book: PriceBook, concerned: (movement: CostMovement) => boolean): { readonly checked: number; readonly found: Correction[] } {
    let checked = 0;
    const found: Correction[] = [];
    for (const entry of this.#entries.values()) {
      if (!concerned(entry.movement.data)) continue;
      checked += 1;
      const correction = correctionOf(entry, book);
      if (correction) found.push(correction);
    }
    return { checked, found };
  }

  #start(movement: StoredEvent<CostMovement>): void {
    const { data } = movement;
    const entry: Entry = { movement, parts: new Map(), pico: BigInt(data.pico), unpriced: data.unpriced, corrections: 0 };
    this.#entries.set(data.entry, entry);
    move(entry.parts, data.parts, 1);
  }

  #correct(correction: CostCorrection): void {
    const entry = this.#entries.get(correction.entry);
    if (!entry) return;
    entry.pico += BigInt(correction.pico);
    entry.unpriced += correction.unpriced;
    entry.corrections += 1;
    move(entry.parts, correction.parts, 1);
  }
}

function correctionOf({ movement, parts, pico, unpriced, corrections }: Entry, book: PriceBook): Correction | null {
  const { data } = movement;
  const rated = rate(data, book);
  if (rated.pico === pico && rated.unpriced === unpriced) return null;
  const difference = new Map<string, RatedPart>();
  move(difference, rated.parts, 1);
  move(difference, [...parts.values()], -1);
  const moved = [...difference.values()].filter(({ quantity, pico: amount }) => quantity !== 0 || amount !== "0");
  const { because: _, reportedPico: __, ...kept } = data;
  const named = moved.flatMap(({ priceId }) => priceId ?? []);
  const current = new Set(rated.parts.map(({ priceId }) => priceId));
  return {
    of: movement,
    id: `${data.entry}:rerated:${corrections + 1}`,
    data: {
      ...kept,
      tokens: {},
      parts: moved,
      pico: (rated.pico - pico).toString(),
      unpriced: rated.unpriced - unpriced,
    },
    gained: named.filter((priceId) => current.has(priceId)),
    lost: named.filter((priceId) => !current.has(priceId)),
  };
}

/** Adds parts, or takes them away, by meter and price. */
function move(into: Map<string, RatedPart>, parts: readonly RatedPart[], sign: 1 | -1): void {
  for (const part of parts) {
    const key = `${part.meter}\n${part.priceId ?? part.unpriced ?? ""}`;
    const { quantity, pico } = into.get(key) ?? { quantity: 0, pico: "0" };
    const total = BigInt(pico) + BigInt(sign) * BigInt(part.pico);
    into.set(key, { ...part, quantity: quantity + sign * part.quantity, pico: total.toString() });
  }
}
