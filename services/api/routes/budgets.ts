import { Type } from "typebox";
import { BudgetChange, BudgetList, BudgetView, NewBudget } from "../../../schemas/budget-api.ts";
import { Id, ShortText } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import type { Outcome } from "../deps.ts";
import { fail, failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const byId = Type.Object({ id: Id });
const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

const listBudgets = route({
  id: "list_budgets",
  method: "get",
  path: "/api/v1/budgets",
  summary: "Budgets as they stand: what is spent and reserved, what is left of each limit, and where it is heading.",
  access: "read",
  answer: BudgetList,
  handle: (_call, { budgets }) => ok({ items: [...budgets.list()] }),
});

const readBudget = route({
  id: "read_budget",
  method: "get",
  path: "/api/v1/budgets/{id}",
  summary: "One budget as it stands.",
  access: "read",
  params: byId,
  answer: BudgetView,
  handle({ params }, { budgets }) {
    const budget = budgets.get(params.id);
    return budget ? ok(budget) : fail(404, "not_found", "There is no budget with this id.");
  },
});

const setBudget = route({
  id: "set_budget",
  method: "post",
  path: "/api/v1/budgets",
  summary: "Sets a budget. What the ledger already has of its period counts.",
  access: "manage_budgets",
  body: NewBudget,
  answer: BudgetView,
  status: 201,
  handle: async ({ body, caller }, { budgets }) => answer(await budgets.set(body, actorOf(caller))),
});

const changeBudget = route({
  id: "change_budget",
  method: "patch",
  path: "/api/v1/budgets/{id}",
  summary: "Changes a budget's name or limits; null takes a limit away. Scope and period stay: close it and set another one.",
  access: "manage_budgets",
  params: byId,
  body: BudgetChange,
  answer: BudgetView,
  handle: async ({ params, body, caller }, { budgets }) => answer(await budgets.change(params.id, body, actorOf(caller))),
});

const closeBudget = route({
  id: "close_budget",
  method: "delete",
  path: "/api/v1/budgets/{id}",
  summary: "Closes a budget: it limits nothing any more. Its history stays.",
  access: "manage_budgets",
  params: byId,
  query: Type.Object({ reason: Type.Optional(Type.String({ ...ShortText, description: "why, for the record" })) }),
  answer: BudgetView,
  handle: async ({ params, query, caller }, { budgets }) => answer(await budgets.close(params.id, query.reason, actorOf(caller))),
});

export const budgetRoutes: readonly Route[] = [listBudgets, readBudget, setBudget, changeBudget, closeBudget];
