import { forecastOf } from "../domain/budget/forecast.ts";
import type { Period } from "../domain/budget/period.ts";
import { periodOf, reservedAt, type Standing, spentIn, standingsOf } from "../domain/budget/standing.ts";
import type { BudgetState, Override } from "../domain/budget/state.ts";
import type { BudgetEntry } from "../domain/decision/input.ts";

/** How a budget stands at a moment. Amounts in pico-dollars. */
export interface BudgetStatus extends Pick<BudgetState, "budgetId" | "name" | "scope" | "zone" | "starts" | "setAt" | "closedAt"> {
  readonly kind: BudgetState["period"];
  readonly period: Period;
  readonly spent: bigint;
  readonly reserved: bigint;
  /** The soft one first; none once it is closed. */
  readonly limits: readonly Standing[];
  readonly overrides: readonly Override[];
  /** Burn rate: pico-dollars per hour over the last seven days; null: nothing to look back on yet. */
  readonly perHour: bigint | null;
  /** What will have been spent at the period's end at that rate. */
  readonly forecast: bigint | null;
}

export function statusOf(state: BudgetState, nowMs: number): BudgetStatus {
  const { budgetId, name, scope, zone, starts, setAt, closedAt, period: kind } = state;
  const period = periodOf(state, nowMs);
  const { perHour, atEnd } = forecastOf(state, nowMs);
  return {
    ...{ budgetId, name, scope, zone, starts, setAt, closedAt, kind, period, perHour },
    spent: spentIn(state, period),
    reserved: reservedAt(state, nowMs),
    limits: standingsOf(state, nowMs),
    overrides: state.overrides.filter(({ untilMs }) => untilMs > nowMs),
    forecast: atEnd,
  };
}

/** One for each limit, as the policy engine reads it. */
export const entryOf = ({ budgetId, scope, limit, spent, reserved, left, hard, crossed }: Standing): BudgetEntry => ({
  budgetId,
  scope,
  limit: limit.toString(),
  spent: spent.toString(),
  reserved: reserved.toString(),
  left: left.toString(),
  hard,
  crossed,
});
