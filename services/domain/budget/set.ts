import { BudgetChanged, BudgetSet } from "../../../schemas/budget.ts";
import { act } from "./act.ts";
import type { BudgetChange, BudgetDecision, BudgetNow, NewBudget } from "./commands.ts";
import { faultIn, limitsAsked, writtenLimits } from "./limits.ts";
import { dayOf, isDay, isZone, periodAt } from "./period.ts";
import type { BudgetState, Limit } from "./state.ts";

const FIRST_DAY = "2020-01-01";

export function setBudget(
  state: BudgetState | null,
  asked: NewBudget & { readonly budgetId: string },
  { nowMs, by }: BudgetNow,
): BudgetDecision {
  if (state) return { kind: "taken", reason: "this budget is there already; change it instead" };
  const { budgetId, name, scope, period, zone } = asked;
  if (!isZone(zone)) return { kind: "invalid", reason: "the time zone must be a place's, such as America/Sao_Paulo or Europe/Lisbon" };
  const today = dayOf(nowMs, zone);
  const starts = asked.starts ?? (period === "total" ? today : periodAt(period, zone, today, nowMs).from);
  if (!isDay(starts) || starts > today || starts < FIRST_DAY) {
    return {
      kind: "invalid",
      reason: `the first day must be one of the calendar, such as ${FIRST_DAY}: not after today and not before 2020`,
    };
  }
  const limits = limitsAsked(asked.soft ?? null, asked.hard ?? null);
  if ("kind" in limits) return limits;
  const fault = faultIn(limits);
  if (fault) return fault;
  const { soft, hard } = writtenLimits(limits);
  return act(
    BudgetSet,
    { budgetId, name, scope, period, zone, starts, currency: "USD", soft: soft ?? undefined, hard: hard ?? undefined },
    by,
  );
}

/** Only what really changes is recorded. */
export function changeBudget(state: BudgetState, { name, soft, hard }: BudgetChange, { by }: BudgetNow): BudgetDecision {
  const asked = limitsAsked(soft ?? null, hard ?? null);
  if ("kind" in asked) return asked;
  const wanted = { soft: soft === undefined ? state.soft : asked.soft, hard: hard === undefined ? state.hard : asked.hard };
  const fault = faultIn(wanted);
  if (fault) return fault;
  const written = writtenLimits(wanted);
  const changes = {
    ...(name !== undefined && name !== state.name && { name }),
    ...(!same(wanted.soft, state.soft) && { soft: written.soft }),
    ...(!same(wanted.hard, state.hard) && { hard: written.hard }),
  };
  if (Object.keys(changes).length === 0) return { kind: "quiet" };
  return act(BudgetChanged, { budgetId: state.budgetId, ...changes }, by);
}

const same = (a: Limit<string> | null, b: Limit<string> | null): boolean => a?.pico === b?.pico && a?.atCrossing === b?.atCrossing;
