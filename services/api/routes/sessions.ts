import { Type } from "typebox";
import { SessionPage, type SessionSummary } from "../../../schemas/api.ts";
import { Name } from "../../../schemas/primitives.ts";
import { nameOf } from "../../telemetry.ts";
import { type Column, csvStream } from "../csv.ts";
import { type ApiDeps, SESSION_ORDERS, type SessionQuery } from "../deps.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { periodOf, periodParameters } from "../period.ts";
import { route } from "../route.ts";
import { wantsCsv } from "../wants-csv.ts";
import { whereOf, whereParameters } from "../where.ts";
import { costColumns } from "./costs.ts";

const EXPORT_PAGE = 500;

const one = (what: string) => Type.Optional(Type.String({ ...Name, description: `one ${what}` }));

export const listSessions = route({
  id: "list_sessions",
  method: "get",
  path: "/api/v1/sessions",
  summary: "Sessions that were active in a period, the latest first unless another order is asked for.",
  access: "read",
  query: Type.Object({
    ...periodParameters,
    ...whereParameters,
    branch: one("branch"),
    ticket: one("ticket"),
    outcome: one("outcome"),
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: "a part of an id, a repository or a branch" })),
    order: Type.Optional(
      Type.Union(
        SESSION_ORDERS.map((order) => Type.Literal(order)),
        { default: "last", description: `what comes first, the largest: ${SESSION_ORDERS.join(", ")}` },
      ),
    ),
    ...pageParameters(),
  }),
  answer: SessionPage,
  gives: ["text/csv"],
  async handle({ query, context }, deps) {
    const period = periodOf(query, deps.now());
    if (period.kind === "failure") return period;
    // A place in one order means nothing in another.
    const list = `sessions ${query.order ?? "last"}`;
    const cursor = decodeCursor(list, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const asked: SessionQuery = {
      ...period.value,
      where: whereOf(query),
      ...(query.branch !== undefined && { branch: query.branch }),
      ...(query.ticket !== undefined && { ticket: query.ticket }),
      ...(query.outcome !== undefined && { outcome: query.outcome }),
      ...(query.text !== undefined && { text: query.text }),
      ...(query.order !== undefined && { order: query.order }),
      limit: query.limit ?? 50,
      cursor: cursor.place,
    };
    if (wantsCsv(context)) return { kind: "response", response: exported(asked, deps) };
    const page = await deps.queries.sessions(asked);
    return pageReply(list, page);
  },
});

/** The whole list, not one page of it. */
function exported(query: SessionQuery, { queries, log }: ApiDeps): Response {
  const pages = (async function* () {
    let { cursor } = query;
    do {
      const page = await queries.sessions({ ...query, cursor, limit: EXPORT_PAGE });
      if ("kind" in page) throw new Error("a list does not know its own cursor");
      yield page.items;
      cursor = page.next;
    } while (cursor !== null);
  })();
  return csvStream(columns, pages, "sessions.csv", (error) => log("error", "an export broke off", { error: nameOf(error) }));
}

const text = (name: string, of: Column<SessionSummary>["of"]): Column<SessionSummary> => ({ name, kind: "text", of });
const number = (name: string, of: Column<SessionSummary>["of"]): Column<SessionSummary> => ({ name, kind: "number", of });

const columns: readonly Column<SessionSummary>[] = [
  text("id", ({ id }) => id),
  text("agent", ({ agent }) => agent),
  text("agentName", ({ agentName }) => agentName),
  text("team", ({ team }) => team),
  text("feature", ({ feature }) => feature),
  text("repo", ({ repo }) => repo),
  text("branch", ({ branch }) => branch),
  text("ticket", ({ ticket }) => ticket),
  text("vendor", ({ vendor }) => vendor),
  text("models", ({ models }) => models.join(" ")),
  text("startedAt", ({ startedAt }) => startedAt),
  text("lastAt", ({ lastAt }) => lastAt),
  number("durationS", ({ durationS }) => durationS),
  text("outcome", ({ outcome }) => outcome),
  number("prompts", ({ prompts }) => prompts),
  number("modelCalls", ({ modelCalls }) => modelCalls),
  number("toolCalls", ({ toolCalls }) => toolCalls),
  number("errors", ({ errors }) => errors),
  ...costColumns,
];
