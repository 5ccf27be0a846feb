import type { SessionPage, SessionSummary } from "../../../schemas/api.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { asOf } from "./as-of.ts";
import { type BadCursor, isWholeNumber, placeAfter, readPlace } from "./place.ts";
import { type NameOf, SELECT_SESSION, summaryOf } from "./session-row.ts";
import { all, type Condition, type Period, type Where, whereOf } from "./where.ts";

export type SessionOrder = "last" | "start" | "cost" | "duration";

export interface SessionQuery extends Period {
  readonly where?: Where;
  readonly branch?: string;
  readonly ticket?: string;
  readonly outcome?: string;
  /** Part of an id, a repository or a branch, in any case. */
  readonly text?: string;
  /** Largest first; `last` unless said otherwise. */
  readonly order?: SessionOrder;
  readonly limit: number;
  readonly cursor: string | null;
}

/** Whole numbers, so that a cursor compares exactly. */
const KEY: Readonly<Record<SessionOrder, string>> = {
  last: "toInt128(toUnixTimestamp64Milli(last))",
  start: "toInt128(toUnixTimestamp64Milli(started))",
  cost: "pico",
  duration: "toInt128(toUnixTimestamp64Milli(last) - toUnixTimestamp64Milli(started))",
};

/** Sessions with something in the period. */
export async function listSessions(reads: ReadStore, query: SessionQuery, nameOf: NameOf = () => null): Promise<SessionPage | BadCursor> {
  const key = KEY[query.order ?? "last"];
  const conditions = conditionsOf(query);
  if (query.cursor !== null) {
    const place = readPlace(query.cursor, 3);
    if (!place || !isWholeNumber(place[0] ?? "")) return { kind: "bad_cursor" };
    const [at, agent, session] = place;
    conditions.push({
      sql: `(${key}, agent, session) < ({place:Int128}, {place_agent:String}, {place_session:String})`,
      params: { place: at, place_agent: agent, place_session: session },
    });
  }
  const { sql, params } = all(conditions);
  const rows = await reads.query<Record<string, unknown>>(
    `SELECT *, toString(${key}) AS place FROM (${SELECT_SESSION}) WHERE ${sql}
     ORDER BY ${key} DESC, agent DESC, session DESC LIMIT {limit:UInt32}`,
    { ...params, limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => summaryOf(row, nameOf)),
    next: rows.length > page.length && last ? placeAfter(String(last["place"]), String(last["agent"]), String(last["session"])) : null,
    asOf: await asOf(reads),
  };
}

/** @param agent tells sessions of different agents with the same id apart; null: the one that was heard of last */
export async function readSession(
  reads: ReadStore,
  id: string,
  agent: string | null,
  nameOf: NameOf = () => null,
): Promise<SessionSummary | null> {
  const [row] = await reads.query<Record<string, unknown>>(
    `${SELECT_SESSION} WHERE session = {id:String} ${agent === null ? "" : "AND agent = {agent:String}"} ORDER BY last DESC, agent LIMIT 1`,
    agent === null ? { id } : { id, agent },
  );
  return row ? summaryOf(row, nameOf) : null;
}

function conditionsOf({ from, to, where = {}, branch, ticket, outcome, text }: SessionQuery): Condition[] {
  const { model, ...rest } = where;
  const conditions: Condition[] = [
    {
      sql: "last >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND started < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
      params: { from: Date.parse(from), to: Date.parse(to) },
    },
    // Counters that turned out to belong to sessions leave nothing behind that anybody would look for.
    {
      sql: "NOT (startsWith(session, 'unsessioned:') AND input + cache_read + cache_write + output + reasoning = 0 AND pico = 0)",
      params: {},
    },
    ...whereOf(rest),
  ];
  if (model) {
    const none = model.includes(null) ? "empty(models) OR " : "";
    conditions.push({ sql: `${none}hasAny(models, {model:Array(String)})`, params: { model: model.filter((name) => name !== null) } });
  }
  for (const [column, value] of Object.entries({ branch, ticket, outcome })) {
    if (value !== undefined) conditions.push({ sql: `${column} = {${column}:String}`, params: { [column]: value } });
  }
  if (text) {
    const sql = ["session", "repo", "branch"].map((column) => `positionCaseInsensitiveUTF8(${column}, {text:String}) > 0`).join(" OR ");
    conditions.push({ sql, params: { text } });
  }
  return conditions;
}
