import { setTimeout as sleep } from "node:timers/promises";
import type { TotalsCheck } from "../../schemas/api.ts";
import { CostComputed, CostRecomputed } from "../../schemas/cost.ts";
import type { EventReader, Position } from "../ports/event-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import { movementOf } from "./fold-costs.ts";
import { readEvent } from "./read-event.ts";
import { namedSums, noSums, plus, type Sums } from "./sums.ts";
import { type NamedSums, rawSums, rollupSums } from "./written-totals.ts";

const PAGE = 5_000;
const SESSIONS = { categories: ["session"] };

export interface CheckDeps {
  readonly store: EventReader;
  readonly reads: ReadStore;
  /** How long the projection may lag behind before that counts as wrong. */
  readonly patienceMs?: number;
}

/**
 * Adds up the ledger three ways: event by event from the event store, from the raw rows, and from the rollup. The rollup
 * says how many movements are in it, and the other two are cut after as many: so it also holds while events flow.
 */
export async function checkTotals({ store, reads, patienceMs = 10_000 }: CheckDeps): Promise<TotalsCheck> {
  const ledger = new Ledger(store);
  await ledger.readTo(Number.POSITIVE_INFINITY);
  const patience = performance.now() + patienceMs;
  for (;;) {
    const { hours, days } = await rollupSums(reads);
    await ledger.readTo(Number(hours["movements"]));
    const raw = await rawSums(reads, ledger.position ?? "");
    const rollup = same(hours, days) ? hours : days;
    const answer = { position: ledger.position, ledger: namedSums(ledger.sums), raw: { ...raw }, rollup: { ...rollup } };
    if (same(hours, days) && same(answer.ledger, raw) && same(answer.ledger, hours)) return { equal: true, ...answer };
    // Rows of one write appear one after another, and the projection may be a moment behind.
    if (performance.now() > patience) return { equal: false, ...answer };
    await sleep(200);
  }
}

const same = (a: NamedSums, b: NamedSums): boolean => Object.entries(a).every(([name, value]) => b[name] === value);

class Ledger {
  readonly #store: EventReader;
  #after: Position | null = null;
  /** Of the last movement that was added. */
  position: Position | null = null;
  sums: Sums = noSums;
  #movements = 0;

  constructor(store: EventReader) {
    this.#store = store;
  }

  /** Adds up until there are so many movements, or no more of them. */
  async readTo(movements: number): Promise<void> {
    while (this.#movements < movements) {
      const page = await this.#store.readAll(this.#after, PAGE, SESSIONS);
      for (const recorded of page.events) {
        this.#after = recorded.position;
        if (recorded.type !== CostComputed.type && recorded.type !== CostRecomputed.type) continue;
        const movement = movementOf(readEvent(recorded));
        if (!movement) continue;
        this.sums = plus(this.sums, movement.sums);
        this.position = recorded.position;
        this.#movements += 1;
        if (this.#movements === movements) return;
      }
      this.#after = page.next;
      if (page.atEnd) return;
    }
  }
}
