import type { BudgetScope } from "../../../schemas/budget.ts";
import { plainModel } from "../cost/models.ts";

/** Where something is spent. Null: not known, so only budgets that do not ask for it hold it. */
export interface SpendingPlace {
  readonly department: string | null;
  readonly team: string | null;
  readonly feature: string | null;
  readonly agentId: string | null;
  readonly model: string | null;
}

/** Whether the budget's scope contains what is spent there. */
export function contains({ kind, name }: BudgetScope, place: SpendingPlace): boolean {
  switch (kind) {
    case "org":
      return true;
    case "agent":
      return place.agentId === name;
    case "model":
      return place.model !== null && plainModel(place.model) === plainModel(name);
    default:
      return place[kind] === name;
  }
}
