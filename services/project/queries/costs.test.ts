import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { COST_DIMENSIONS, type CostAnswer, type CostDimension } from "../../../schemas/api.ts";
import { openClickHouse } from "../../adapters/clickhouse/read-store.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { breakingAfter, filled, projectAll } from "../../testing/projected.ts";
import { type SampleMovement, sampleEvent, sampleLog } from "../../testing/sample-log.ts";
import { type CostQuery, costs } from "./costs.ts";
import type { FilterName } from "./where.ts";

const log = sampleLog(11, 400);
const ALWAYS = { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" };

let path: string;
let reads: ReadStore;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "andon-costs-"));
  reads = await openClickHouse({ kind: "chdb", path });
  // Three closed segments and an open one.
  await projectAll({ store: await filled(log.appends), reads, segmentEvents: 120, pace: { ms: 0, events: 50 } });
});
after(async () => {
  await reads[Symbol.asyncDispose]();
  await rm(path, { recursive: true, force: true });
});

async function answer(query: CostQuery): Promise<CostAnswer> {
  const found = await costs(reads, query);
  assert.ok("rows" in found);
  return found;
}

/** Dollars as pico-dollars, by text alone. */
function pico(usd: string | null): bigint {
  const [whole = "0", fraction = ""] = (usd ?? "0").replace("-", "").split(".");
  const digits = BigInt(whole + fraction.padEnd(12, "0"));
  return usd?.startsWith("-") ? -digits : digits;
}

const dayIn = (zone: string, time: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(new Date(time));

function saidOf(movement: SampleMovement, dimension: CostDimension, zone: string): string | null {
  if (dimension === "day") return dayIn(zone, movement.occurredAt);
  if (dimension === "hour") return `${movement.occurredAt.slice(0, 13)}:00:00.000Z`;
  const value = movement[dimension];
  return value === "" || (dimension === "model" && value === "unknown") ? null : value;
}

/** The same question over the movements, in plain TypeScript: group → [pico, reported or null, input, cache writes, unpriced, movements]. */
function plainly({ by, where = {}, from, to, zone = "UTC" }: CostQuery): Map<string, unknown[]> {
  const groups = new Map<string, SampleMovement[]>();
  for (const movement of log.movements) {
    if (movement.occurredAt < from.replace("Z", ".000Z") || movement.occurredAt >= to.replace("Z", ".000Z")) continue;
    const kept = Object.entries(where).every(([name, values]) => values.includes(saidOf(movement, name as FilterName, zone)));
    if (!kept) continue;
    const key = JSON.stringify(by.map((dimension) => saidOf(movement, dimension, zone)));
    groups.set(key, [...(groups.get(key) ?? []), movement]);
  }
  const sum = (all: SampleMovement[], of: (movement: SampleMovement) => number | bigint): bigint =>
    all.reduce((total, movement) => total + BigInt(of(movement)), 0n);
  return new Map(
    [...groups].map(([key, all]) => [
      key,
      [
        sum(all, (each) => each.pico),
        all.some((each) => each.reportedPico !== null) ? sum(all, (each) => each.reportedPico ?? 0n) : null,
        Number(sum(all, (each) => each.tokens.input)),
        Number(sum(all, (each) => each.tokens.cacheWrite5m + each.tokens.cacheWrite1h)),
        Number(sum(all, (each) => each.unpriced)),
        all.length,
      ],
    ]),
  );
}

const figures = ({ cost, reportedCost, tokens, unpriced, events }: Omit<CostAnswer["total"], "share">): unknown[] => [
  pico(cost),
  reportedCost === null ? null : pico(reportedCost),
  tokens.input,
  tokens.cacheWrite,
  unpriced,
  events,
];

const hour = fc
  .integer({ min: -8, max: 30 })
  .map((hours) => new Date(Date.parse("2026-11-19T18:00:00Z") + hours * 3_600_000).toISOString());
const question: fc.Arbitrary<CostQuery> = fc.record({
  by: fc.uniqueArray(fc.constantFrom(...COST_DIMENSIONS), { maxLength: 4 }),
  where: fc.constantFrom<NonNullable<CostQuery["where"]>>(
    {},
    { team: ["core", null] },
    { model: [null] },
    { feature: ["søk\u2028"], repo: [null, "shop/api"] },
  ),
  zone: fc.constantFrom("UTC", "America/Sao_Paulo", "Asia/Tokyo"),
  from: fc.oneof(fc.constant(ALWAYS.from), hour),
  to: fc.oneof(fc.constant(ALWAYS.to), hour),
});

test("every grouping, filter, period and zone gives the sums of the plain movements, and its rows add up to its total", async () => {
  const seconds = (time: string): string => time.replace(".000Z", "Z");
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      const query = { ...asked, from: seconds(asked.from), to: seconds(asked.to) };
      const { rows, total } = await answer(query);
      const expected = plainly(query);
      const found = new Map(rows.map((row) => [JSON.stringify(query.by.map((dimension) => row[dimension])), figures(row)]));
      assert.deepEqual(found, expected);
      assert.equal(
        rows.reduce((sum, row) => sum + pico(row.cost), 0n),
        pico(total.cost),
      );
      assert.deepEqual(figures(total), plainly({ ...query, by: [] }).get("[]") ?? [0n, null, 0, 0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});

test("shares say what is not attributed and not priced", async () => {
  const { total } = await answer({ by: ["vendor"], ...ALWAYS });
  const all = log.movements.reduce((sum, { pico }) => sum + pico, 0n);
  const noTeam = log.movements.filter(({ team }) => team === "").reduce((sum, { pico }) => sum + pico, 0n);
  const noFeature = log.movements.filter(({ feature }) => feature === "").reduce((sum, { pico }) => sum + pico, 0n);
  assert.equal(total.share.unattributedTeam, Number(noTeam) / Number(all));
  assert.equal(total.share.unattributedFeature, Number(noFeature) / Number(all));
  const grouped = await answer({ by: ["team", "feature"], ...ALWAYS });
  assert.deepEqual(grouped.total, total);
  const none = await answer({ by: ["team"], from: "2025-01-01T00:00:00Z", to: "2025-01-02T00:00:00Z" });
  assert.deepEqual(none.rows, []);
  assert.deepEqual(none.total.share, { unattributedTeam: null, unattributedFeature: null, unpriced: null });
});

test("whole hours count, and the answer says which", async () => {
  const { from, to } = await answer({ by: [], from: "2026-11-19T20:59:59.999Z", to: "2026-11-19T22:00:00.001Z" });
  assert.deepEqual([from, to], ["2026-11-19T20:00:00.000Z", "2026-11-19T23:00:00.000Z"]);
});

test("a segment that was written but not closed counts once", async () => {
  const { appends, movements } = sampleLog(12, 100);
  const closing = { store: await filled(appends), segmentEvents: 100, pace: { ms: 0, events: 100 } };
  await reads.reset();
  // Five tables are written; what fails is the checkpoint.
  await assert.rejects(projectAll({ ...closing, reads: breakingAfter(reads, 5) }), /broken on purpose/);
  assert.equal(await reads.checkpoint(), null);
  const before = await answer({ by: [], ...ALWAYS });
  assert.equal(
    pico(before.total.cost),
    movements.reduce((sum, each) => sum + each.pico, 0n),
  );
  await projectAll({ ...closing, reads });
  assert.equal((await reads.checkpoint())?.segment, 2);
  assert.deepEqual((await answer({ by: [], ...ALWAYS })).total, before.total);
});

test("days of a summer-time zone have 23 and 25 hours", async () => {
  // Berlin leaves summer time on 25 October 2026 and enters it on 29 March 2026.
  const hours = Array.from({ length: 26 }, (_, n) => new Date(Date.parse("2026-10-24T22:00:00Z") + n * 3_600_000).toISOString());
  const data = (occurredAt: string) => ({
    sessionId: "s",
    entry: occurredAt,
    provider: "p",
    model: "m",
    occurredAt,
    tokens: { input: 1 },
    parts: [],
    pico: "1",
    unpriced: 0,
  });
  const events = hours.map((time, n) => sampleEvent(9000 + n, "andon.cost.computed.v1", { time }, data(time)));
  await reads.reset();
  await projectAll({ store: await filled([{ stream: "session-a.s", expected: "any", events }]), reads });
  const { rows } = await answer({ by: ["day"], ...ALWAYS, zone: "Europe/Berlin" });
  assert.deepEqual(
    rows.map(({ day, tokens }) => [day, tokens.input]),
    [
      ["2026-10-25", 25],
      ["2026-10-26", 1],
    ],
  );
});
