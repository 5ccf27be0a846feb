import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf } from "../moments.ts";

export interface Minute {
  /** Its start, RFC 3339 UTC. */
  readonly minute: string;
  readonly events: number;
}

/** Events by the minute in which they were recorded, oldest first; minutes without any are missing. */
export async function activityPerMinute(reads: ReadStore, from: string): Promise<readonly Minute[]> {
  const rows = await reads.query<{ minute: string; events: string }>(
    `SELECT toString(toStartOfMinute(recorded)) AS minute, toString(count()) AS events FROM events FINAL
     WHERE recorded >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') GROUP BY minute ORDER BY minute`,
    { from: Date.parse(from) },
  );
  return rows.map(({ minute, events }) => ({ minute: isoOf(`${minute}.000`), events: Number(events) }));
}
