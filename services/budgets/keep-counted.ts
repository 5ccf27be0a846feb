import { setTimeout as sleep } from "node:timers/promises";
import { contains } from "../domain/budget/scope.ts";
import type { BudgetState } from "../domain/budget/state.ts";
import type { Actor } from "../domain/envelope.ts";
import type { FoldedView } from "../folded-view.ts";
import type { EventReader, Position } from "../ports/event-store.ts";
import { LEDGER, movementOf } from "./ledger-movements.ts";
import type { BudgetWriter } from "./writer.ts";

const PAGE = 1000;
/** Costs that come in meanwhile are counted together. */
const REST_MS = 250;
const SWEEP_MS = 5_000;
/** A budget in which nothing is spent notes its place after so many events: a start never reads more than that for it. */
const NOTE_AFTER = 20_000;

const CLERK: Actor = { kind: "service", id: "budgets" };

export interface CountingDeps {
  readonly store: EventReader;
  readonly view: FoldedView<BudgetState>;
  readonly writer: BudgetWriter;
  readonly departmentOf: (team: string) => string | null;
  readonly now: () => number;
}

/**
 * Brings the ledger's movements into the budgets as they are stored, and writes down what has expired. Runs until the
 * signal aborts. Several processes may do it: each budget knows how far it has counted, so each movement counts once.
 */
export async function keepCounted(deps: CountingDeps, signal: AbortSignal): Promise<void> {
  const count = counting(deps);
  const rest = (): Promise<void> => sleep(REST_MS, undefined, { signal }).catch(() => {});
  let swept = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const atEnd = await count();
    if (deps.now() >= swept + SWEEP_MS) {
      await sweep(deps);
      swept = deps.now();
    }
    if (atEnd) await rest();
  }
}

/** @returns what counts one page; it answers whether that was the last one so far */
export function counting({ store, view, writer, departmentOf }: CountingDeps): () => Promise<boolean> {
  const known = new Set<string>();
  let cursor: Position | null = null;
  let read = 0;

  /** A budget that is new here may have counted less than the others: the page begins where it stands. */
  function meet(open: readonly BudgetState[]): void {
    for (const { budgetId, upTo } of open) {
      if (known.has(budgetId)) continue;
      if (known.size === 0 || cursor === null || upTo < cursor) cursor = upTo === "" ? null : (upTo as Position);
      known.add(budgetId);
    }
  }

  return async () => {
    const open = view.values().filter(({ closedAt }) => closedAt === null);
    meet(open);
    if (open.length === 0) return true;
    const page = await store.readAll(cursor, PAGE, LEDGER);
    const upTo = page.next;
    if (upTo === null || upTo === cursor) return true;
    const movements = page.events.flatMap((recorded) => movementOf(recorded, departmentOf) ?? []);
    read += page.events.length;
    const note = read >= NOTE_AFTER;
    if (note) read = 0;
    const counts = open.flatMap((budget) => {
      const mine = movements.filter(({ position, place }) => position > budget.upTo && contains(budget.scope, place));
      return mine.length > 0 || note ? [[budget.budgetId, [{ kind: "count" as const, upTo, movements: mine }]] as const] : [];
    });
    await writer.submit(new Map(counts), CLERK);
    cursor = upTo;
    return page.atEnd;
  };
}

async function sweep({ view, writer, now }: CountingDeps): Promise<void> {
  const nowMs = now();
  const expired = view.values().filter(({ open }) => [...open.values()].some(({ expiresMs }) => expiresMs <= nowMs));
  await writer.submit(new Map(expired.map(({ budgetId }) => [budgetId, [{ kind: "expire" as const }]])), CLERK);
}
