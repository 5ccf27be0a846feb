import type { BudgetScope } from "../../../schemas/budget.ts";
import { type Period, periodAt } from "./period.ts";
import type { BudgetState } from "./state.ts";

export type LimitKind = "soft" | "hard";

/** One limit of one budget, as a decision sees it. Amounts in pico-dollars. */
export interface Standing {
  readonly budgetId: string;
  readonly name: string;
  readonly scope: BudgetScope;
  readonly hard: boolean;
  readonly atCrossing: "warn" | "require_approval" | "deny";
  /** The limit in force, overrides included. */
  readonly limit: bigint;
  readonly spent: bigint;
  readonly reserved: bigint;
  /** Negative when more was spent than the limit allows. */
  readonly left: bigint;
  /** Spent and reserved have reached the limit: at the boundary already. */
  readonly crossed: boolean;
}

export const periodOf = ({ period, zone, starts }: BudgetState, nowMs: number): Period => periodAt(period, zone, starts, nowMs);

/** Spent within a period. Days sort as text. */
export function spentIn(state: BudgetState, { from, to }: Period): bigint {
  let sum = 0n;
  for (const [day, pico] of state.days) if (day >= from && day >= state.starts && (to === null || day < to)) sum += pico;
  return sum;
}

/** Held by open reservations, in whichever period they were made: what they stand for is still to happen. */
export function reservedAt({ open }: BudgetState, nowMs: number): bigint {
  let sum = 0n;
  for (const { pico, expiresMs } of open.values()) if (expiresMs > nowMs) sum += pico;
  return sum;
}

/** What approved overrides add to each limit at this moment. */
export function raisedAt({ overrides }: BudgetState, nowMs: number): bigint {
  return overrides.reduce((sum, { pico, untilMs }) => (untilMs > nowMs ? sum + pico : sum), 0n);
}

/** The budget's limits, the soft one first; none once it is closed. */
export function standingsOf(state: BudgetState, nowMs: number): Standing[] {
  if (state.closedAt !== null) return [];
  const { budgetId, name, scope } = state;
  const spent = spentIn(state, periodOf(state, nowMs));
  const reserved = reservedAt(state, nowMs);
  const raised = raisedAt(state, nowMs);
  const standing = (kind: LimitKind): Standing[] => {
    const set = state[kind];
    if (!set) return [];
    const limit = set.pico + raised;
    const left = limit - spent - reserved;
    return [
      { budgetId, name, scope, hard: kind === "hard", atCrossing: set.atCrossing, limit, spent, reserved, left, crossed: left <= 0n },
    ];
  };
  return [...standing("soft"), ...standing("hard")];
}

/** Whether so much more would exceed the limit. Once it is crossed nothing fits any more, not even what costs nothing. */
export const exceeds = ({ crossed, left }: Standing, pico: bigint): boolean => crossed || pico > left;
