import type { CommandOf } from "../domain/budget/commands.ts";
import { firstDayNeeded } from "../domain/budget/forecast.ts";
import { dayOf } from "../domain/budget/period.ts";
import { contains } from "../domain/budget/scope.ts";
import type { BudgetState } from "../domain/budget/state.ts";
import type { EventReader, Position } from "../ports/event-store.ts";
import { LEDGER, movementOf } from "./ledger-movements.ts";

const PAGE = 1000;

/** Reads the whole ledger once: what a new budget has spent already. Only sums are kept, so that a log of any length can be read. */
export async function readBackfill(
  store: EventReader,
  budget: BudgetState,
  departmentOf: (team: string) => string | null,
  nowMs: number,
): Promise<CommandOf<"backfill">> {
  const first = firstDayNeeded(budget, nowMs);
  const days = new Map<string, bigint>();
  let movements = 0;
  for (let after: Position | null = null; ; ) {
    const page = await store.readAll(after, PAGE, LEDGER);
    for (const recorded of page.events) {
      const movement = movementOf(recorded, departmentOf);
      if (!movement || !contains(budget.scope, movement.place)) continue;
      const day = dayOf(movement.occurredMs, budget.zone);
      if (day < first) continue;
      days.set(day, (days.get(day) ?? 0n) + movement.pico);
      movements += 1;
    }
    after = page.next ?? after;
    if (page.atEnd) return { kind: "backfill", upTo: after ?? "", movements, days };
  }
}
