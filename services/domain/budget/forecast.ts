import { dayOf, daysBefore, startOf } from "./period.ts";
import { periodOf, spentIn } from "./standing.ts";
import type { BudgetState } from "./state.ts";

/** The pace is taken over so many days before today, and today so far: a week has its quiet days in it. */
const PACE_DAYS = 7;
const HOUR_MS = 3_600_000;

export interface Forecast {
  /** Pico-dollars per hour; null when there is no hour to look back on yet. */
  readonly perHour: bigint | null;
  /** What will have been spent at the period's end at that pace; null without pace or end. */
  readonly atEnd: bigint | null;
}

/** The first day that a budget's pace and period look at: what a new budget has to count from. */
export function firstDayNeeded(state: BudgetState, nowMs: number): string {
  const pace = daysBefore(dayOf(nowMs, state.zone), PACE_DAYS);
  const { from } = periodOf(state, nowMs);
  const needed = from < pace ? from : pace;
  return needed < state.starts ? state.starts : needed;
}

/** Burn rate and forecast from what was spent, without what is only reserved. Straight lines: no season, no trend. */
export function forecastOf(state: BudgetState, nowMs: number): Forecast {
  const today = dayOf(nowMs, state.zone);
  const weekAgo = daysBefore(today, PACE_DAYS);
  const from = weekAgo < state.starts ? state.starts : weekAgo;
  const elapsed = nowMs - startOf(from, state.zone);
  if (elapsed < HOUR_MS) return { perHour: null, atEnd: null };
  const spent = spentIn(state, { from, to: null, fromMs: 0, toMs: null });
  const perHour = (spent * BigInt(HOUR_MS)) / BigInt(Math.floor(elapsed));
  const period = periodOf(state, nowMs);
  if (period.toMs === null) return { perHour, atEnd: null };
  const rest = (spent * BigInt(Math.floor(period.toMs - nowMs))) / BigInt(Math.floor(elapsed));
  return { perHour, atEnd: spentIn(state, period) + rest };
}
