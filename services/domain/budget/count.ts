import { BudgetCounted, BudgetReleased } from "../../../schemas/budget.ts";
import { act, actAll } from "./act.ts";
import type { BudgetDecision, BudgetNow, CommandOf, LedgerMovement } from "./commands.ts";
import { dayOf } from "./period.ts";
import type { BudgetState } from "./state.ts";

/**
 * Movements beyond the position that the budget has; whoever counts the same again adds nothing. A movement under an entry
 * that was settled takes the settlement's place, on its own day and with its own amount. A reported call is what the oldest
 * open reservation of its session stood for: that one is released.
 */
export function countMovements(state: BudgetState, { upTo, movements }: CommandOf<"count">, { by }: BudgetNow): BudgetDecision {
  if (upTo <= state.upTo) return { kind: "quiet" };
  const fresh = movements.filter(({ position }) => position > state.upTo && position <= upTo);
  const days = new Map<string, bigint>();
  const add = (day: string, pico: bigint) => days.set(day, (days.get(day) ?? 0n) + pico);
  const reserving = new Set([...state.open.values(), ...state.closed.values()].map(({ agentId }) => agentId));
  const entries: string[] = [];
  for (const { entry, agentId, pico, occurredMs } of fresh) {
    const awaited = state.awaited.get(entry);
    if (awaited && !entries.includes(entry)) add(awaited.day, -awaited.pico);
    add(dayOf(occurredMs, state.zone), pico);
    if (awaited || reserving.has(agentId)) entries.push(entry);
  }
  const { budgetId } = state;
  const counted = {
    budgetId,
    upTo,
    movements: fresh.length,
    days: writtenDays(days),
    entries: [...new Set(entries)],
  };
  const done = act(BudgetCounted, counted, by);
  const released = reportedBy(state, fresh).map((reservationId) => ({ budgetId, reservationId, because: "reported" as const }));
  const also = actAll(BudgetReleased, released, by);
  return done.kind === "acts" && also.kind === "acts" ? { kind: "acts", facts: [...done.facts, ...also.facts] } : done;
}

/** Only into a budget that has counted nothing yet. */
export function backfill(state: BudgetState, { upTo, movements, days }: CommandOf<"backfill">, { by }: BudgetNow): BudgetDecision {
  if (state.upTo !== "" || upTo === "") return { kind: "quiet" };
  return act(BudgetCounted, { budgetId: state.budgetId, upTo, movements, days: writtenDays(days), entries: [] }, by);
}

const writtenDays = (days: ReadonlyMap<string, bigint>) =>
  [...days].filter(([, pico]) => pico !== 0n).map(([day, pico]) => ({ day, pico: pico.toString() }));

/** One open reservation of the same session for each call, the oldest first; none for a call whose settlement is known. */
function reportedBy(state: BudgetState, movements: readonly LedgerMovement[]): string[] {
  const calls = movements.filter(({ isCall, entry }) => isCall && !state.awaited.has(entry));
  if (calls.length === 0 || state.open.size === 0) return [];
  const waiting = new Map<string, string[]>();
  for (const [reservationId, { agentId, sessionId }] of state.open) {
    if (sessionId === null) continue;
    const key = `${agentId}\n${sessionId}`;
    waiting.set(key, [...(waiting.get(key) ?? []), reservationId]);
  }
  return calls.flatMap(({ agentId, sessionId }) => waiting.get(`${agentId}\n${sessionId}`)?.shift() ?? []);
}
