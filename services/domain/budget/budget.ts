import { BudgetClosed } from "../../../schemas/budget.ts";
import { act } from "./act.ts";
import type { BudgetCommand, BudgetDecision, BudgetNow, BudgetRefusal } from "./commands.ts";
import { backfill, countMovements } from "./count.ts";
import { overrideBudget } from "./override.ts";
import { expireReservations, releaseReservation, reserve, settle } from "./reserve.ts";
import { changeBudget, setBudget } from "./set.ts";
import type { BudgetState } from "./state.ts";

const UNKNOWN: BudgetRefusal = { kind: "unknown_budget", reason: "no budget has this id; the list of budgets shows those there are" };
const CLOSED: BudgetRefusal = { kind: "closed", reason: "this budget is closed; set a new one" };
const QUIET: BudgetDecision = { kind: "quiet" };

/** @param state null: nothing is known of this budget */
export function decideBudget(state: BudgetState | null, command: BudgetCommand, now: BudgetNow): BudgetDecision {
  if (command.kind === "set") return setBudget(state, command, now);
  if (!state) return UNKNOWN;
  switch (command.kind) {
    // What was spent was spent, also when the budget is closed meanwhile.
    case "settle":
      return settle(state, command, now);
    case "release":
      return releaseReservation(state, command, now);
    case "expire":
      return expireReservations(state, now);
    case "close":
      return state.closedAt === null ? act(BudgetClosed, { budgetId: state.budgetId, reason: command.reason }, now.by) : QUIET;
    case "count":
      return state.closedAt === null ? countMovements(state, command, now) : QUIET;
    case "backfill":
      return backfill(state, command, now);
    case "change":
      return state.closedAt === null ? changeBudget(state, command, now) : CLOSED;
    case "reserve":
      // A request may meet a budget that is being closed: it holds nothing any more, and stands in nobody's way.
      return state.closedAt === null ? reserve(state, command, now) : QUIET;
    case "override":
      return state.closedAt === null ? overrideBudget(state, command, now) : CLOSED;
  }
}
