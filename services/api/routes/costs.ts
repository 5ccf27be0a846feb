import { Type } from "typebox";
import { COST_DIMENSIONS, CostAnswer, type CostDimension, type CostRow } from "../../../schemas/api.ts";
import { nameOf } from "../../telemetry.ts";
import { type Column, csvStream } from "../csv.ts";
import type { ApiDeps } from "../deps.ts";
import { periodOf, periodParameters } from "../period.ts";
import { fail } from "../problems.ts";
import { ok, type Route, route } from "../route.ts";
import { wantsCsv } from "../wants-csv.ts";
import { whereOf, whereParameters } from "../where.ts";

const By = Type.Array(Type.Union(COST_DIMENSIONS.map((name) => Type.Literal(name))), {
  "x-comma": true,
  uniqueItems: true,
  maxItems: 4,
  default: [],
  description: `up to four of ${COST_DIMENSIONS.join(", ")}, comma-separated`,
});

const Zone = Type.Optional(
  Type.String({
    maxLength: 64,
    description: "the IANA name of the time zone whose days are meant, such as America/Sao_Paulo; UTC without it",
  }),
);

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

export const costRoutes: readonly Route[] = [
  route({
    id: "read_costs",
    method: "get",
    path: "/api/v1/costs",
    summary: "Tokens and cost of a period, grouped. Exact: the rows add up to the total. What has no price is counted apart.",
    access: "read",
    query: Type.Object({ ...periodParameters, by: Type.Optional(By), zone: Zone, ...whereParameters }),
    answer: CostAnswer,
    gives: ["text/csv"],
    async handle({ query, context }, deps) {
      const period = periodOf(query, deps.now());
      if (period.kind === "failure") return period;
      const by: CostDimension[] = query.by ?? [];
      if (query.zone !== undefined && !isZone(query.zone)) {
        return fail(400, "bad_parameter", "There is no such time zone.", {
          at: "query/zone",
          hint: "Use an IANA name, such as America/Sao_Paulo.",
        });
      }
      const costs = await deps.queries.costs({
        ...period.value,
        by,
        where: whereOf(query),
        ...(query.zone !== undefined && { zone: query.zone }),
      });
      if ("kind" in costs) {
        return fail(422, "too_many_rows", `The answer would have more than ${costs.limit} rows.`, {
          hint: "Group by fewer dimensions, filter, or ask for a shorter period.",
        });
      }
      return wantsCsv(context) ? { kind: "response", response: exported(by, costs, deps) } : ok(costs);
    },
  }),
];

function exported(by: readonly CostDimension[], costs: CostAnswer, { log }: ApiDeps): Response {
  const columns: Column<CostRow>[] = [
    ...by.map((name) => ({ name, kind: "text" as const, of: (row: CostRow) => row[name] })),
    ...costColumns,
  ];
  const rows = (async function* () {
    yield costs.rows;
  })();
  return csvStream(columns, rows, "costs.csv", (error) => log("error", "an export broke off", { error: nameOf(error) }));
}

type Costed = Pick<CostRow, "tokens" | "cost" | "reportedCost" | "unpriced" | "events">;

/** What every row with costs ends with. */
export const costColumns: readonly Column<Costed>[] = [
  { name: "input", kind: "number", of: ({ tokens }) => tokens.input },
  { name: "cacheRead", kind: "number", of: ({ tokens }) => tokens.cacheRead },
  { name: "cacheWrite", kind: "number", of: ({ tokens }) => tokens.cacheWrite },
  { name: "output", kind: "number", of: ({ tokens }) => tokens.output },
  { name: "reasoning", kind: "number", of: ({ tokens }) => tokens.reasoning },
  { name: "costUsd", kind: "number", of: ({ cost }) => cost },
  { name: "reportedCostUsd", kind: "number", of: ({ reportedCost }) => reportedCost },
  { name: "unpricedTokens", kind: "number", of: ({ unpriced }) => unpriced },
  { name: "events", kind: "number", of: ({ events }) => events },
];
