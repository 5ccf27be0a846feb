import type { QuarantineEntry, QuarantinePage } from "../../../schemas/api.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf, isoOrNull, momentOf } from "../moments.ts";
import { asOf } from "./as-of.ts";
import { type BadCursor, placeAfter, readPlace } from "./place.ts";
import type { NameOf } from "./session-row.ts";
import { all, type Condition, orNull } from "./where.ts";

export interface QuarantineQuery {
  readonly state?: string;
  readonly agent?: string;
  readonly code?: string;
  readonly limit: number;
  readonly cursor: string | null;
}

interface Row {
  readonly entry: string;
  readonly entered: string;
  readonly agent: string;
  readonly door: string;
  readonly code: string;
  readonly reason: string;
  readonly place: string;
  readonly bytes: string;
  readonly content_type: string;
  readonly state: QuarantineEntry["state"];
  readonly settled: string;
  readonly settled_reason: string;
}

const COLUMNS = "entry, entered, agent, door, code, reason, place, bytes, content_type, state, settled, settled_reason";

/** Newest first. `held` counts all that wait, whatever the filters. */
export async function listQuarantine(
  reads: ReadStore,
  query: QuarantineQuery,
  nameOf: NameOf = () => null,
): Promise<QuarantinePage | BadCursor> {
  const conditions: Condition[] = [];
  for (const column of ["state", "agent", "code"] as const) {
    const value = query[column];
    if (value !== undefined) conditions.push({ sql: `${column} = {${column}:String}`, params: { [column]: value } });
  }
  if (query.cursor !== null) {
    const [entered, entry] = readPlace(query.cursor, 2) ?? [];
    if (entered === undefined || entry === undefined || isoOf(momentOf(entered)) !== entered) return { kind: "bad_cursor" };
    const sql = "(entered, entry) < (toDateTime64({entered:String}, 3, 'UTC'), {entry:String})";
    conditions.push({ sql, params: { entered: momentOf(entered), entry } });
  }
  const { sql, params } = all(conditions);
  const rows = await reads.query<Row>(
    `SELECT ${COLUMNS} FROM quarantine FINAL WHERE ${sql} ORDER BY entered DESC, entry DESC LIMIT {limit:UInt32}`,
    { ...params, limit: query.limit + 1 },
  );
  const [held] = await reads.query<{ n: string }>("SELECT count() AS n FROM quarantine FINAL WHERE state = 'held'");
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => entryOf(row, nameOf)),
    next: rows.length > page.length && last ? placeAfter(isoOf(last.entered), last.entry) : null,
    asOf: await asOf(reads),
    held: Number(held?.n ?? 0),
  };
}

function entryOf(row: Row, nameOf: NameOf): QuarantineEntry {
  return {
    id: row.entry,
    enteredAt: isoOf(row.entered),
    agent: row.agent,
    agentName: nameOf(row.agent),
    door: row.door,
    code: row.code,
    reason: row.reason,
    at: orNull(row.place),
    bytes: Number(row.bytes),
    contentType: orNull(row.content_type),
    state: row.state,
    settledAt: isoOrNull(row.settled),
    settledReason: orNull(row.settled_reason),
  };
}
