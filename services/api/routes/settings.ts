import { Type } from "typebox";
import { AttributionRules, Facets, TotalsCheck } from "../../../schemas/api.ts";
import { AttributionRule } from "../../../schemas/attribution.ts";
import { actorOf } from "../auth/caller.ts";
import { periodOf, periodParameters } from "../period.ts";
import { failureOf } from "../problems.ts";
import { ok, type Route, route } from "../route.ts";

const readRules = route({
  id: "read_attribution_rules",
  method: "get",
  path: "/api/v1/attribution-rules",
  summary: "The rules that fill what events do not say of their feature, repository, ticket and kind, in order.",
  access: "read",
  answer: AttributionRules,
  handle: (_call, { attribution }) => ok(attribution.current()),
});

const setRules = route({
  id: "set_attribution_rules",
  method: "put",
  path: "/api/v1/attribution-rules",
  summary: "Replaces the whole list. Applies to what arrives afterwards.",
  access: "change_attribution",
  body: Type.Object({ rules: Type.Array(AttributionRule, { maxItems: 1000 }) }, { additionalProperties: false }),
  answer: AttributionRules,
  async handle({ body, caller }, { attribution }) {
    const outcome = await attribution.set(body.rules, actorOf(caller));
    return outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome);
  },
});

const readFacets = route({
  id: "read_facets",
  method: "get",
  path: "/api/v1/facets",
  summary: "The distinct values of a period, for the filters of a screen.",
  access: "read",
  query: Type.Object({ ...periodParameters }),
  answer: Facets,
  async handle({ query }, { queries, now }) {
    const period = periodOf(query, now());
    return period.kind === "failure" ? period : ok(await queries.facets(period.value));
  },
});

const checkTotals = route({
  id: "check_totals",
  method: "get",
  path: "/api/v1/checks/totals",
  summary: "Counts the ledger in the event store, in the raw rows and in the rollup. Anything but equal is a fault.",
  access: "read",
  answer: TotalsCheck,
  handle: async (_call, deps) => ok(await deps.checkTotals()),
});

export const settingRoutes: readonly Route[] = [readRules, setRules, readFacets, checkTotals];
