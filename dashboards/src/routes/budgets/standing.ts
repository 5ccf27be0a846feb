import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import TrendingUp from "@lucide/svelte/icons/trending-up";
import { plus, toPico } from "#lib/format/decimal.ts";
import { m } from "#lib/paraglide/messages.js";
import type { BudgetView } from "../../../../schemas/budget-api.ts";

export type Limit = BudgetView["limits"][number];

export const isCrossed = (budget: BudgetView): boolean => budget.limits.some(({ crossed }) => crossed);

/** Whether what is spent at the period's end is expected to reach a limit. */
export const headsOver = ({ forecast, limits }: BudgetView): boolean =>
  forecast !== null && limits.some(({ limit }) => toPico(forecast) >= toPico(limit));

/** How a budget stands, as a colour, a shape and words. */
export function standingOf(budget: BudgetView) {
  if (budget.closedAt !== null) return { tone: "idle", icon: CircleDashed, label: m.budget_closed } as const;
  if (budget.limits.some(({ hard, crossed }) => hard && crossed))
    return { tone: "bad", icon: OctagonX, label: m.budget_hard_reached } as const;
  if (isCrossed(budget)) return { tone: "warn", icon: CircleAlert, label: m.budget_soft_reached } as const;
  if (headsOver(budget)) return { tone: "warn", icon: TrendingUp, label: m.budget_heads_over } as const;
  if (budget.limits.length === 0) return { tone: "idle", icon: CircleDashed, label: m.budget_no_limit } as const;
  return { tone: "ok", icon: CircleCheck, label: m.budget_within } as const;
}

const SCALE = 10_000n;

/** Where an amount lies between nothing and the whole, 0 to 100. */
export function placeOf(amount: string, whole: string): number {
  const all = toPico(whole);
  if (all <= 0n) return 0;
  const part = (toPico(amount) * SCALE) / all;
  return Math.min(100, Math.max(0, Number(part) / 100));
}

/** The length of a budget's bars: its largest limit, or what is used when that is more. */
export function wholeOf({ limits, spent, reserved }: BudgetView): string {
  const used = plus(spent, reserved);
  return [used, ...limits.map(({ limit }) => limit)].reduce((most, one) => (toPico(one) > toPico(most) ? one : most));
}
