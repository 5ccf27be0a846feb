import { BudgetReleased, BudgetReserved, BudgetSettled } from "../../../schemas/budget.ts";
import { act, actAll } from "./act.ts";
import type { BudgetDecision, BudgetNow, BudgetRefusal, CommandOf } from "./commands.ts";
import { dayOf } from "./period.ts";
import { exceeds, type Standing, standingsOf } from "./standing.ts";
import type { BudgetState } from "./state.ts";

/** More than any budget has requests in flight; beyond it something forgets to settle. */
export const MAX_OPEN = 10_000;
const LONGEST_MS = 24 * 3_600_000;

const TAKEN: BudgetRefusal = { kind: "taken", reason: "this reservation id was used before; give every request an id of its own" };
const UNKNOWN: BudgetRefusal = {
  kind: "unknown_reservation",
  reason: "no reservation has this id, or it is too long ago; what the agent reports counts all the same",
};

/** Refused when spent, reserved and this together exceed a limit, or when one is crossed already. */
export function reserve(state: BudgetState, command: CommandOf<"reserve">, { nowMs, by }: BudgetNow): BudgetDecision {
  const { reservationId, pico, agentId, sessionId, expiresMs, approvalId } = command;
  const { budgetId } = state;
  const known = state.open.get(reservationId);
  if (known) return known.pico === pico && known.agentId === agentId && known.expiresMs > nowMs ? { kind: "quiet" } : TAKEN;
  if (state.closed.has(reservationId)) return TAKEN;
  if (!(expiresMs > nowMs && expiresMs <= nowMs + LONGEST_MS)) {
    return { kind: "invalid", reason: "a reservation must expire in the future and within 24 hours" };
  }
  if (state.open.size >= MAX_OPEN) {
    return { kind: "too_many", reason: `${MAX_OPEN} reservations of this budget are open; settle or release what is done` };
  }
  for (const standing of standingsOf(state, nowMs).toReversed()) {
    const refusal = exceeds(standing, pico) ? inTheWay(standing, approvalId) : null;
    if (refusal) return refusal;
  }
  const expires = new Date(expiresMs).toISOString();
  return act(BudgetReserved, { budgetId, reservationId, pico: pico.toString(), agentId, sessionId, expires, approvalId }, by);
}

/** An approval of the request passes a soft limit; a hard one only an override or a change moves. */
function inTheWay(standing: Standing, approvalId: string | undefined): BudgetRefusal | null {
  const { hard, atCrossing: effect, name } = standing;
  if (effect === "warn" || (!hard && approvalId !== undefined)) return null;
  const then =
    effect === "deny"
      ? "wait for the next period, or ask its owner to raise it"
      : hard
        ? "an approval can override the budget by an amount until a moment"
        : "an approval of this request lets it pass";
  return {
    kind: "over_limit",
    effect,
    standing,
    reason: `this would exceed the ${hard ? "hard" : "soft"} limit of the budget "${name}"; ${then}`,
  };
}

/** Counts once: when the ledger's entry was counted before, the settlement adds nothing. Late is not lost. */
export function settle(state: BudgetState, { reservationId, pico, entry }: CommandOf<"settle">, { nowMs, by }: BudgetNow): BudgetDecision {
  const closed = state.closed.get(reservationId);
  const open = state.open.get(reservationId);
  if (closed?.how === "settled") return { kind: "quiet" };
  if (!closed && !open) return UNKNOWN;
  const settled = {
    budgetId: state.budgetId,
    reservationId,
    pico: pico.toString(),
    entry,
    day: dayOf(nowMs, state.zone),
    spent: entry !== undefined && (state.seen.has(entry) || state.awaited.has(entry)) ? "0" : pico.toString(),
    late: !open || open.expiresMs <= nowMs,
  };
  return act(BudgetSettled, settled, by);
}

export function releaseReservation(
  state: BudgetState,
  { reservationId, because }: CommandOf<"release">,
  { by }: BudgetNow,
): BudgetDecision {
  if (state.open.has(reservationId)) return act(BudgetReleased, { budgetId: state.budgetId, reservationId, because }, by);
  return state.closed.has(reservationId) ? { kind: "quiet" } : UNKNOWN;
}

/** Writes down as released what holds nothing any more. */
export function expireReservations({ budgetId, open }: BudgetState, { nowMs, by }: BudgetNow): BudgetDecision {
  const expired = [...open].filter(([, { expiresMs }]) => expiresMs <= nowMs);
  return actAll(
    BudgetReleased,
    expired.map(([reservationId]) => ({ budgetId, reservationId, because: "expired" as const })),
    by,
  );
}
