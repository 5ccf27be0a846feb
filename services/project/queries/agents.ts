import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf } from "../moments.ts";

/** What was heard of an agent. */
export interface AgentActivity {
  readonly lastHeardAt: string;
  readonly vendorsSeen: readonly string[];
  readonly sessions: number;
}

interface Row {
  readonly agent: string;
  readonly heard: string;
  readonly vendors: readonly string[];
  readonly sessions: string;
}

/** By agent id; agents that never reported are missing. Work that belongs to no session counts as heard, not as a session. */
export async function agentActivity(reads: ReadStore): Promise<ReadonlyMap<string, AgentActivity>> {
  const rows = await reads.query<Row>(
    `SELECT agent, toString(max(heard)) AS heard, arraySort(groupUniqArrayIf(vendor, vendor != '')) AS vendors,
       toString(sum(is_session)) AS sessions
     FROM (
       SELECT agent, heard, vendor, toUInt64(NOT startsWith(session, 'unsessioned:')) AS is_session FROM sessions FINAL
       UNION ALL
       SELECT agent, recorded AS heard, vendor, toUInt64(0) AS is_session FROM events WHERE startsWith(type, 'andon.change.') AND agent != '')
     GROUP BY agent`,
  );
  return new Map(
    rows.map(({ agent, heard, vendors, sessions }) => [
      agent,
      { lastHeardAt: isoOf(heard), vendorsSeen: vendors, sessions: Number(sessions) },
    ]),
  );
}
