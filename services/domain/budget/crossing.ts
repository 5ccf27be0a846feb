import { BudgetCrossed } from "../../../schemas/budget.ts";
import type { EventSchema } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, happenedAt } from "../fact.ts";
import { decideBudget } from "./budget.ts";
import type { BudgetCommand, BudgetDecision, BudgetNow } from "./commands.ts";
import { periodOf, standingsOf } from "./standing.ts";
import { type BudgetState, foldBudget } from "./state.ts";

/** A crossing is nobody's deed. */
const LEDGER: Actor = { kind: "service", id: "budgets" };

/**
 * Decides, and adds the crossings that follow from it.
 * @param state changed by what is decided; null: nothing is known of this budget
 * @returns the decision with all its facts, and the state after them
 */
export function carryOut(
  state: BudgetState | null,
  command: BudgetCommand,
  now: BudgetNow,
): { readonly decision: BudgetDecision; readonly state: BudgetState | null } {
  const decision = decideBudget(state, command, now);
  if (decision.kind !== "acts") return { decision, state };
  const fold = (before: BudgetState | null, fact: Fact) => foldBudget(before, happenedAt(fact, now.nowMs));
  const after = decision.facts.reduce(fold, state);
  const crossings = after ? crossingsOf(after, now) : [];
  return { decision: { kind: "acts", facts: [...decision.facts, ...crossings] }, state: crossings.reduce(fold, after) };
}

/** Limits that are crossed and of which this was not said in this period, or only when they were lower. */
function crossingsOf(state: BudgetState, { nowMs }: BudgetNow): Fact[] {
  const period = periodOf(state, nowMs).from;
  return standingsOf(state, nowMs).flatMap(({ hard, atCrossing, limit, spent, reserved, crossed }) => {
    const kind = hard ? "hard" : "soft";
    const said = state.crossings.get(kind);
    if (!crossed || (said?.period === period && said.pico >= limit)) return [];
    const data = {
      budgetId: state.budgetId,
      limit: kind,
      atCrossing,
      period,
      pico: limit.toString(),
      spent: spent.toString(),
      reserved: reserved.toString(),
    };
    return [{ schema: BudgetCrossed as unknown as EventSchema, data, actor: LEDGER }];
  });
}
