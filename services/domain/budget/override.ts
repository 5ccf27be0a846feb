import { BudgetOverridden } from "../../../schemas/budget.ts";
import { act } from "./act.ts";
import type { BudgetDecision, BudgetNow, CommandOf } from "./commands.ts";
import { picoOfMoney } from "./limits.ts";
import type { BudgetState } from "./state.ts";

/** In force at the same time. */
export const MAX_OVERRIDES = 50;
const LONGEST_MS = 366 * 24 * 3_600_000;

/** Raises the limits until a moment. One approval, one override. */
export function overrideBudget(
  state: BudgetState,
  { approvalId, amount, untilMs }: CommandOf<"override">,
  { nowMs, by }: BudgetNow,
): BudgetDecision {
  const pico = picoOfMoney(amount);
  if (typeof pico !== "bigint") return pico;
  const known = state.overrides.find((each) => each.approvalId === approvalId);
  if (known) {
    if (known.pico === pico && known.untilMs === untilMs) return { kind: "quiet" };
    return { kind: "taken", reason: "this approval was used for another override; an approval is used once" };
  }
  if (pico === 0n) return { kind: "invalid", reason: "an override must add something to the limit" };
  if (!(untilMs > nowMs && untilMs <= nowMs + LONGEST_MS)) {
    return { kind: "invalid", reason: "an override must end in the future and within a year" };
  }
  if (state.overrides.filter((each) => each.untilMs > nowMs).length >= MAX_OVERRIDES) {
    return { kind: "too_many", reason: `${MAX_OVERRIDES} overrides of this budget are in force; change its limits instead` };
  }
  const until = new Date(untilMs).toISOString();
  return act(BudgetOverridden, { budgetId: state.budgetId, approvalId, pico: pico.toString(), until }, by);
}
