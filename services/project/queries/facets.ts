import type { Facets } from "../../../schemas/api.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { OUTCOME } from "./session-row.ts";
import { COLUMN, FILTERS, type Period } from "./where.ts";

const MOST = 1000;

/** Values that a filter can have in a period, each list sorted: of sessions, of their costs, and the types of events. */
export async function facets(reads: ReadStore, { from, to }: Period): Promise<Facets> {
  const columns = FILTERS.map((name) => COLUMN[name]);
  const ofSessions = columns.map((column) => (column === "model" ? "arrayJoin(if(empty(models), [''], models)) AS model" : column));
  const found = [...columns, "outcome"].map(
    (column) => `arraySlice(arraySort(groupUniqArrayIf(${column}, ${column} != '')), 1, ${MOST}) AS ${column}_`,
  );
  const [row] = await reads.query<Record<string, string[]>>(
    `SELECT ${found.join(", ")} FROM (
       SELECT ${[...ofSessions, OUTCOME].join(", ")} FROM sessions FINAL
       WHERE last >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND started < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       UNION ALL
       SELECT ${columns.join(", ")}, '' AS outcome FROM cost_rollup
       WHERE grain = 'hour' AND start >= toStartOfHour(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
         AND start < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       GROUP BY ${columns.join(", ")})`,
    { from: Date.parse(from), to: Date.parse(to) },
  );
  const types = await reads.query<{ type: string }>(
    `SELECT DISTINCT type FROM events
     WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
     ORDER BY type LIMIT ${MOST}`,
    { from: Date.parse(from), to: Date.parse(to) },
  );
  return {
    ...Object.fromEntries(FILTERS.map((name) => [name, row?.[`${COLUMN[name]}_`] ?? []])),
    outcome: row?.["outcome_"] ?? [],
    type: types.map(({ type }) => type),
  };
}
