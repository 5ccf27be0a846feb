import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { createChdbConnection } from "chdb/connection";
import type { CostDimension } from "../schemas/api.ts";
import { openClickHouse } from "../services/adapters/clickhouse/read-store.ts";
import { DIMENSIONS } from "../services/project/fold-costs.ts";
import { asOf } from "../services/project/queries/as-of.ts";
import { costs } from "../services/project/queries/costs.ts";
import { listSessions } from "../services/project/queries/sessions.ts";
import { shown } from "../services/project/queries/shown-sums.ts";
import { COLUMN, type Where } from "../services/project/queries/where.ts";
import { AMOUNTS, noSums, plus, SUMS } from "../services/project/sums.ts";
import { format, median, memory, quantile } from "./measure.ts";

/**
 * The cost screen over ten million movements of 90 days: 200 agents in 40 teams, 80,000 sessions of 125 model calls, one
 * every half minute, with one or two models each. The same sums over raw rows run in the same round.
 */

const MOVEMENTS = Number(process.env["MOVEMENTS"] ?? 10_000_000);
const ROUNDS = 5;
const END = Date.parse("2026-11-21T00:00:00Z");
const DAY = 86_400_000;
const at = (daysBefore: number): string => new Date(END - daysBefore * DAY).toISOString();

const path = await mkdtemp(join(tmpdir(), "andon-queries-"));
const reads = await openClickHouse({ kind: "chdb", path });
type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;
const filler = createClient({ connection: createChdbConnection({ path }) as unknown as Connection });
const run = async (query: string): Promise<unknown> => filler.command({ query });

const started = performance.now();
await run("USE andon");
await run(`INSERT INTO movements
  WITH intDiv(number, 125) AS s, number % 125 AS k, sipHash64(s) AS h, h % 200 AS a, intDiv(h, 200) % 3 AS r
  SELECT leftPad(hex(number), 16, '0'),
    toDateTime64(${END / 1000} - 90 * 86400 + s * (90 * 86400 / ${MOVEMENTS / 125}) * 0.999 + k * 30, 3, 'UTC'),
    lower(hex(sipHash128(s))), concat('team-', toString(a % 40)),
    if(h % 9 = 0, '', concat('feature-', toString(a % 40), '-', toString(r), '-', toString(h % 2))),
    concat('model-', toString((a % 4) * 2 + (k % 3 = 0 AND h % 2 = 0))), concat('vendor-', toString(a % 4)), concat('agent-', toString(a)),
    concat('shop/service-', toString(a % 40), '-', toString(r)), ['bug', 'feature', 'chore', 'migration', ''][h % 5 + 1],
    number % 97, 19000 + number % 311, 500 + number % 13, 100 + number % 71, number % 40,
    toInt128(12345678901) + number % 1000003, if(a % 4 = 0, toInt128(12300000000), 0), a % 4 = 0, if(number % 5000 = 0, 700, 0)
  FROM numbers(${MOVEMENTS}) SETTINGS max_partitions_per_insert_block = 0`);
const segment = "toUInt32(intDiv(reinterpretAsUInt64(reverse(unhex(position))), 25000) + 1)";
const sums = [...AMOUNTS.map((name) => `sum(${name})`), "count()"].join(", ");
const dimensions = DIMENSIONS.join(", ");
for (const [grain, start] of [
  ["hour", "toStartOfHour(occurred)"],
  ["day", "toStartOfDay(occurred)"],
]) {
  await run(`INSERT INTO cost_rollup SELECT '${grain}', ${segment} AS segment, ${start} AS start, ${dimensions}, ${sums} FROM movements
    GROUP BY segment, start, ${dimensions}`);
}
await run(`INSERT INTO sessions (agent, session, revision, opened, started, last, heard, team, feature, vendor, repo, models, outcome, model_calls, ${SUMS.join(", ")})
  SELECT agent, session, 400, min(occurred), min(occurred), max(occurred), max(occurred), any(team), any(feature), any(vendor), any(repo),
    groupUniqArray(model), 'completed', 125, ${sums} FROM movements GROUP BY agent, session`);
for (const table of ["movements", "cost_rollup", "sessions"]) {
  const [row] = await reads.query<{ n: string; bytes: string }>(
    "SELECT sum(rows) AS n, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = 'andon' AND table = {table:String}",
    { table },
  );
  console.log(`${table.padEnd(12)} ${format(Number(row?.n)).padStart(12)} rows ${format(Number(row?.bytes) / 2 ** 20).padStart(8)} MiB`);
}
console.log(`filled in ${format((performance.now() - started) / 1000)} s`);

interface Question {
  readonly name: string;
  readonly by: readonly CostDimension[];
  readonly from: string;
  readonly to: string;
  readonly where?: Where;
  readonly zone?: string;
}

const questions: readonly Question[] = [
  { name: "total, 90 days", by: [], from: at(90), to: at(0) },
  { name: "team x day, 90 days", by: ["team", "day"], from: at(90), to: at(0) },
  { name: "team x feature x model, 90 days", by: ["team", "feature", "model"], from: at(90), to: at(0) },
  { name: "model, 30 days", by: ["model"], from: at(30), to: at(0) },
  { name: "feature, 30 days to half past ten", by: ["feature"], from: at(30.5625), to: at(0.5625) },
  { name: "one team: feature x model, 90 days", by: ["feature", "model"], from: at(90), to: at(0), where: { team: ["team-7"] } },
  { name: "vendor x day in São Paulo, 30 days", by: ["vendor", "day"], from: at(30.125), to: at(0.125), zone: "America/Sao_Paulo" },
  { name: "model x hour, 2 days", by: ["model", "hour"], from: at(2), to: at(0) },
];

/** The same answer without the rollups: all of it is computed and shown, its total is compared. */
async function overRaw({ by, from, to, where = {}, zone = "UTC" }: Question): Promise<string> {
  const hour = 3_600_000;
  const groups = by.map((name, nth) => {
    if (name === "day") return `toDate(occurred, {zone:String}) AS g${nth}`;
    return `${name === "hour" ? "toStartOfHour(occurred)" : COLUMN[name]} AS g${nth}`;
  });
  const sums = `tuple(${AMOUNTS.map((name) => `sum(${name})`).join(", ")}, count()) AS sums`;
  const shares = ["team", "feature"]
    .filter((name) => !by.includes(name as CostDimension))
    .map((name) => `sumIf(pico, ${name} = '') AS no_${name}`);
  const rows = await reads.query<{ sums: string[] }>(
    `SELECT ${[...groups, sums, ...shares].join(", ")}
     FROM movements WHERE occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND occurred < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       ${where.team ? "AND team IN {team:Array(String)}" : ""}
     ${groups.length > 0 ? `GROUP BY ${groups.map((_, nth) => `g${nth}`).join(", ")}` : ""} ORDER BY sum(pico) DESC`,
    { from: Math.floor(Date.parse(from) / hour) * hour, to: Math.ceil(Date.parse(to) / hour) * hour, zone, team: where.team ?? [] },
  );
  const found = rows.map((row) => row.sums.map(BigInt));
  const lines = found.map(shown);
  assert.ok(lines.length > 0 && (await asOf(reads)) === null);
  return shown(found.reduce(plus, noSums)).cost;
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const answer = await work();
  return [performance.now() - start, answer];
}

const times = new Map(questions.map(({ name }) => [name, { rollup: [] as number[], raw: [] as number[] }]));
const lists: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  for (const question of questions) {
    const [rollupMs, answer] = await timed(() => costs(reads, question));
    const [rawMs, total] = await timed(() => overRaw(question));
    assert.ok("total" in answer);
    assert.equal(answer.total.cost, total, question.name);
    // The first round fills the caches of both sides.
    if (round === 0) continue;
    times.get(question.name)?.rollup.push(rollupMs);
    times.get(question.name)?.raw.push(rawMs);
  }
  const [ms] = await timed(() => listSessions(reads, { from: at(30), to: at(0), limit: 50, cursor: null, where: { team: ["team-7"] } }));
  if (round > 0) lists.push(ms);
}

console.log(`\n${"median of 5 rounds, ms".padEnd(40)} rollup      raw   ratio`);
for (const [name, { rollup, raw }] of times) {
  const [a, b] = [median(rollup), median(raw)];
  console.log(`${name.padEnd(40)} ${a.toFixed(1).padStart(6)} ${b.toFixed(1).padStart(8)} ${(b / a).toFixed(0).padStart(6)}x`);
}
const every = [...times.values()].flatMap(({ rollup }) => rollup);
const whole = questions.filter(({ from, to }) => from === at(90) && to === at(0)).map(({ name }) => times.get(name));
const ratios = whole.map((each) => median(each?.raw ?? []) / median(each?.rollup ?? []));
console.log(`all questions: p95 ${quantile(every, 0.95).toFixed(1)} ms (goal 100)`);
console.log(`questions over all rows: raw takes ${median(ratios).toFixed(0)} times as long (goal 25)`);
console.log(`list of a team's sessions: median ${median(lists).toFixed(1)} ms`);
console.log(`resident memory: ${memory().now} MiB, highest ${memory().peak} MiB`);

await filler.close();
await reads[Symbol.asyncDispose]();
await rm(path, { recursive: true, force: true });
