import type { DecisionItem, DecisionPage } from "../../../schemas/api.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf, momentOf } from "../moments.ts";
import { asOf } from "./as-of.ts";
import { type BadCursor, placeAfter, readPlace } from "./place.ts";
import type { NameOf } from "./session-row.ts";
import { all, type Condition, orNull, type Period } from "./where.ts";

export interface DecisionQuery extends Period {
  readonly agents?: readonly string[];
  readonly teams?: readonly string[];
  readonly effects?: readonly string[];
  readonly actions?: readonly string[];
  /** `policy.rule`, or a policy. */
  readonly rules?: readonly string[];
  readonly session?: string;
  readonly limit: number;
  readonly cursor: string | null;
}

interface Row {
  readonly decision: string;
  readonly recorded: string;
  readonly action: string;
  readonly effect: DecisionItem["effect"];
  readonly agent: string;
  readonly team: string;
  readonly repo: string;
  readonly feature: string;
  readonly session: string;
  readonly change: string;
  readonly rules: readonly string[];
  readonly engine: string;
  readonly engine_us: number | string;
  readonly stage: DecisionItem["stage"];
  readonly policy: string;
  readonly approval: string;
}

const COLUMNS =
  "decision, recorded, action, effect, agent, team, repo, feature, session, change, rules, engine, engine_us, stage, policy, approval";

/** Newest first. */
export async function listDecisions(reads: ReadStore, query: DecisionQuery, nameOf: NameOf): Promise<DecisionPage | BadCursor> {
  const conditions = conditionsOf(query);
  if (query.cursor !== null) {
    const [recorded, decision] = readPlace(query.cursor, 2) ?? [];
    if (recorded === undefined || decision === undefined || isoOf(momentOf(recorded)) !== recorded) return { kind: "bad_cursor" };
    const sql = "(recorded, decision) < (toDateTime64({placeAt:String}, 3, 'UTC'), {placeOf:String})";
    conditions.push({ sql, params: { placeAt: momentOf(recorded), placeOf: decision } });
  }
  const { sql, params } = all(conditions);
  const rows = await reads.query<Row>(
    `SELECT ${COLUMNS} FROM decisions WHERE ${sql} ORDER BY recorded DESC, decision DESC LIMIT 1 BY decision LIMIT {limit:UInt32}`,
    { ...params, limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => itemOf(row, nameOf)),
    next: rows.length > page.length && last ? placeAfter(isoOf(last.recorded), last.decision) : null,
    asOf: await asOf(reads),
  };
}

function conditionsOf({ from, to, agents, teams, effects, actions, rules, session }: DecisionQuery): Condition[] {
  const conditions: Condition[] = [
    {
      sql: "recorded >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND recorded < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
      params: { from: Date.parse(from), to: Date.parse(to) },
    },
  ];
  for (const [column, values] of Object.entries({ agent: agents, team: teams, effect: effects, action: actions })) {
    if (values) conditions.push({ sql: `${column} IN {${column}:Array(String)}`, params: { [column]: values } });
  }
  if (rules) {
    const sql = "arrayExists(rule -> rule IN {rules:Array(String)} OR splitByChar('.', rule)[1] IN {rules:Array(String)}, rules)";
    conditions.push({ sql, params: { rules } });
  }
  if (session !== undefined) conditions.push({ sql: "session = {session:String}", params: { session } });
  return conditions;
}

const itemOf = (row: Row, nameOf: NameOf): DecisionItem => ({
  id: row.decision,
  at: isoOf(row.recorded),
  action: row.action,
  effect: row.effect,
  agent: row.agent,
  agentName: nameOf(row.agent),
  team: row.team,
  repo: orNull(row.repo),
  feature: orNull(row.feature),
  session: orNull(row.session),
  change: orNull(row.change),
  rules: [...row.rules],
  engine: row.engine,
  engineUs: Number(row.engine_us),
  stage: row.stage,
  policy: row.policy,
  approval: orNull(row.approval),
});
