import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf } from "../moments.ts";

/** When the newest projected event was recorded; null when there is none. */
export async function asOf(reads: ReadStore): Promise<string | null> {
  const [row] = await reads.query<{ at: string }>("SELECT toString(recorded) AS at FROM events ORDER BY position DESC LIMIT 1");
  return row ? isoOf(row.at) : null;
}
