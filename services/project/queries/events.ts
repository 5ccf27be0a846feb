import type { ReadStore } from "../../ports/read-store.ts";
import { asOf } from "./as-of.ts";
import { all, type Condition, type Period } from "./where.ts";

export interface EventQuery extends Partial<Period> {
  /** Whole names, or their beginnings up to a dot: `andon.session`. */
  readonly types?: readonly string[];
  readonly teams?: readonly (string | null)[];
  readonly vendors?: readonly (string | null)[];
  readonly agents?: readonly string[];
  readonly session?: string;
  readonly limit: number;
  /** A position: the events before it are wanted. */
  readonly cursor: string | null;
}

/** Where an event is: `readStream(stream, revision, 1)` of the event store answers its body. */
export interface EventPlace {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
}

export interface EventPlaces {
  readonly items: readonly EventPlace[];
  readonly next: string | null;
  readonly asOf: string | null;
}

/** Newest first, by when they were stored. */
export async function listEvents(reads: ReadStore, query: EventQuery): Promise<EventPlaces> {
  const { sql, params } = all(conditionsOf(query));
  // A position that was projected twice is in two rows until they are merged.
  const rows = await reads.query<EventPlace>(
    `SELECT position, stream, revision FROM events WHERE ${sql} ORDER BY position DESC LIMIT 1 BY position LIMIT {limit:UInt32}`,
    { ...params, limit: query.limit + 1 },
  );
  const items = rows.slice(0, query.limit);
  return { items, next: rows.length > items.length ? (items.at(-1)?.position ?? null) : null, asOf: await asOf(reads) };
}

/** Where the event with this position is; null when there is none, or not yet. */
export async function findEvent(reads: ReadStore, position: string): Promise<EventPlace | null> {
  const [row] = await reads.query<EventPlace>("SELECT position, stream, revision FROM events WHERE position = {position:String} LIMIT 1", {
    position,
  });
  return row ?? null;
}

function conditionsOf({ types, teams, vendors, agents, session, from, to, cursor }: EventQuery): Condition[] {
  const conditions: Condition[] = [];
  const add = (sql: string, params: Condition["params"]): number => conditions.push({ sql, params });
  if (types) {
    add("type IN {types:Array(String)} OR arrayExists(each -> startsWith(type, concat(each, '.')), {types:Array(String)})", { types });
  }
  if (teams) add("team IN {teams:Array(String)}", { teams: teams.map((team) => team ?? "") });
  if (vendors) add("vendor IN {vendors:Array(String)}", { vendors: vendors.map((vendor) => vendor ?? "") });
  if (agents) add("agent IN {agents:Array(String)}", { agents });
  if (session !== undefined) {
    add("stream IN (SELECT concat('session-', agent, '.', session) FROM sessions WHERE session = {session:String})", { session });
  }
  if (from !== undefined) add("time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')", { from: Date.parse(from) });
  if (to !== undefined) add("time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')", { to: Date.parse(to) });
  if (cursor !== null) add("position < {cursor:String}", { cursor });
  return conditions;
}
