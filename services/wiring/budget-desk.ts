import type { NewBudget as AskedBudget, BudgetChange as AskedChange, BudgetView } from "../../schemas/budget-api.ts";
import type { BudgetDesk, Outcome } from "../api/deps.ts";
import type { BudgetStatus } from "../budgets/budget-status.ts";
import type { BudgetAnswer, Budgets } from "../budgets/budgets.ts";
import { usdOf } from "../domain/cost/money.ts";

const inUsd = <Limit extends { amount: string; currency?: string }>({ amount, currency = "USD", ...rest }: Limit) => ({
  ...rest,
  amount: { amount, currency },
});

/** Budgets for people: amounts as they write them. @param zone the organisation's, where none is said */
export function makeBudgetDesk(budgets: Budgets, zone: string): BudgetDesk {
  return {
    list: () => budgets.list().map(viewOf),
    get(id) {
      const status = budgets.get(id);
      return status && viewOf(status);
    },
    async set({ soft, hard, ...budget }: AskedBudget, by) {
      const limits = { ...(soft && { soft: inUsd(soft) }), ...(hard && { hard: inUsd(hard) }) };
      return outcomeOf(await budgets.set({ zone, ...budget, ...limits }, by));
    },
    async change(id, { name, soft, hard }: AskedChange, by) {
      return outcomeOf(await budgets.change(id, { name, soft: soft && inUsd(soft), hard: hard && inUsd(hard) }, by));
    },
    close: async (id, reason, by) => outcomeOf(await budgets.close(id, reason, by)),
  };
}

function outcomeOf(answer: BudgetAnswer): Outcome<BudgetView> {
  switch (answer.kind) {
    case "done":
      return { kind: "ok", value: viewOf(answer.budget) };
    case "unknown_budget":
    case "unknown_reservation":
      return { kind: "not_found", reason: answer.reason };
    case "closed":
    case "taken":
    case "too_many":
    case "over_limit":
      return { kind: "conflict", reason: answer.reason };
    default:
      return { kind: "invalid", reason: answer.reason };
  }
}

function viewOf(status: BudgetStatus): BudgetView {
  const { budgetId, name, scope, kind, zone, period, spent, reserved, limits, overrides, perHour, forecast, setAt, closedAt } = status;
  return {
    id: budgetId,
    name,
    scope,
    period: kind,
    zone,
    from: period.from,
    to: period.to,
    spent: usdOf(spent),
    reserved: usdOf(reserved),
    limits: limits.map(({ hard, atCrossing, limit, left, crossed }) => ({
      hard,
      atCrossing,
      limit: usdOf(limit),
      left: usdOf(left),
      crossed,
    })),
    overrides: overrides.map(({ approvalId, pico, untilMs }) => ({
      approvalId,
      amount: usdOf(pico),
      until: new Date(untilMs).toISOString(),
    })),
    perHour: perHour === null ? null : usdOf(perHour),
    forecast: forecast === null ? null : usdOf(forecast),
    setAt,
    closedAt,
  };
}
