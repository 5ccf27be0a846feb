import assert from "node:assert/strict";
import { test } from "node:test";
import type { Position } from "../../ports/event-store.ts";
import type { Checkpoint, ReadStore, Rows } from "../../ports/read-store.ts";

/** Strings that have broken inserts, formats, quoting or encodings somewhere. */
export const HOSTILE = [
  "",
  "\n\n",
  "a\n\nDROP TABLE events",
  'x"]\n\nDROP TABLE events; ["',
  "'; DROP TABLE events; --",
  "INSERT INTO events FORMAT JSONCompactEachRow\n\n",
  "SETTINGS max_execution_time = 0 FORMAT Null;",
  '"\\',
  "\\N",
  "\\ud800",
  "null",
  "{name:String}",
  "\u0000inside\u0000",
  "\t\r\b\f\u0001\u001f\u007f",
  "\u2028\u2029",
  "søk 検索 😀 \u202eback",
  "=1+1",
] as const;

const DIMENSIONS = ["team", "feature", "model", "vendor", "agent", "repo", "change_kind"];

const eventRow = (position: string, text: string): unknown[] => [
  position,
  text,
  0,
  "2026-11-20 10:00:00.123",
  "2026-11-20 10:00:01.000",
  text,
  text,
];

const events = (values: readonly (readonly unknown[])[]): Rows => ({
  table: "events",
  columns: ["position", "stream", "revision", "time", "recorded", "type", "team"],
  values,
});

const hours = (...values: readonly (readonly unknown[])[]): Rows => ({
  table: "cost_rollup",
  columns: ["grain", "segment", "start", ...DIMENSIONS, "input", "pico", "movements"],
  values: values.map(([segment, team, input, pico, movements]) => [
    "hour",
    segment,
    "2026-11-20 10:00:00",
    team,
    "",
    "",
    "",
    "",
    "",
    "",
    input,
    pico,
    movements,
  ]),
});

const checkpoint = (segment: number, position: string): Checkpoint => ({
  segment,
  position: position as Position,
  shape: "1",
  totals: { pico: "-170141183460469231731687303715884105728", events: "12" },
});

/**
 * What every read store answers.
 * @param open an empty one, closed again by the test
 */
export function readStoreContract(open: () => Promise<ReadStore>): void {
  test("says what it is, as the engine itself tells", async () => {
    await using reads = await open();
    const { state, product, version } = await reads.status();
    assert.equal(state, "up");
    assert.match(product, /^(chDB|ClickHouse)$/);
    const [engine] = await reads.query<{ value: string }>("SELECT value FROM system.build_options WHERE name = 'VERSION_FULL'");
    assert.equal(engine?.value, `ClickHouse ${version}`);
  });

  test("applies each migration once", async () => {
    await using reads = await open();
    await reads.migrate();
    await reads.migrate();
    const applied = await reads.query<{ name: string; times: string }>(
      "SELECT name, count() AS times FROM migrations GROUP BY name ORDER BY name",
    );
    assert.ok(applied.length >= 6);
    assert.ok(applied.every(({ times }) => times === "1"));
  });

  test("keeps every string as it is, in rows and in parameters", async () => {
    await using reads = await open();
    await reads.write([events(HOSTILE.map((text, nth) => eventRow(`p${String(nth).padStart(3, "0")}`, text)))]);
    const rows = await reads.query<{ stream: string; type: string; team: string }>(
      "SELECT stream, type, team FROM events ORDER BY position",
    );
    assert.deepEqual(
      rows,
      HOSTILE.map((text) => ({ stream: text, type: text, team: text })),
    );
    for (const text of HOSTILE) {
      const found = await reads.query<{ one: string; all: string[]; n: string }>(
        "SELECT {one:String} AS one, {all:Array(String)} AS all, count() AS n FROM events WHERE stream = {one:String} AND type IN {all:Array(String)}",
        { one: text, all: HOSTILE },
      );
      assert.deepEqual(found, [{ one: text, all: [...HOSTILE], n: "1" }]);
    }
  });

  test("takes half of a surrogate pair as the replacement character instead of failing", async () => {
    await using reads = await open();
    await reads.write([events([eventRow("p", "a\ud800b")])]);
    assert.deepEqual(await reads.query("SELECT stream FROM events"), [{ stream: "a\ufffdb" }]);
  });

  test("loses no digit of a wide integer", async () => {
    await using reads = await open();
    const least = -(2n ** 127n);
    await reads.write([hours([1, "a", 2n ** 63n - 1n, least, 1], [1, "b", String(-(2n ** 63n)), "1", 1])]);
    assert.deepEqual(await reads.query("SELECT team, input, pico FROM cost_rollup ORDER BY team"), [
      { team: "a", input: "9223372036854775807", pico: "-170141183460469231731687303715884105728" },
      { team: "b", input: "-9223372036854775808", pico: "1" },
    ]);
    assert.deepEqual(await reads.query("SELECT sum(pico) AS pico, {wide:Int128} AS wide FROM cost_rollup", { wide: String(least) }), [
      { pico: "-170141183460469231731687303715884105727", wide: String(least) },
    ]);
  });

  test("replaces a row by the one with the higher version, in whatever order they came", async () => {
    await using reads = await open();
    const [old, newer] = [hours([1, "a", 5, 5, 1]), hours([1, "a", 9, 9, 2])];
    for (const order of [
      [old, newer],
      [newer, old],
      [newer, old, newer],
    ]) {
      await reads.reset();
      for (const rows of order) await reads.write([rows]);
      assert.deepEqual(await reads.query("SELECT input, movements FROM cost_rollup FINAL"), [{ input: "9", movements: 2 }]);
    }
  });

  test("takes rows of more than a hundred months in one write", async () => {
    await using reads = await open();
    const row = (month: number): unknown[] => {
      const recorded = `${2010 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-01 00:00:00.000`;
      return [`p${month}`, "s", 0, recorded, recorded, "t", ""];
    };
    await reads.write([events(Array.from({ length: 101 }, (_, month) => row(month)))]);
    assert.deepEqual(await reads.query("SELECT count() AS n, uniqExact(toYYYYMM(recorded)) AS months FROM events"), [
      { n: "101", months: "101" },
    ]);
  });

  test("keeps the checkpoint of the latest segment", async () => {
    await using reads = await open();
    assert.equal(await reads.checkpoint(), null);
    await reads.write([], checkpoint(2, "p1"));
    await reads.write([events([eventRow("p", "x")])], checkpoint(3, "p2"));
    await reads.write([], checkpoint(3, "p2"));
    assert.deepEqual(await reads.checkpoint(), checkpoint(3, "p2"));
  });

  test("forgets what was projected and takes the same rows again", async () => {
    await using reads = await open();
    for (let times = 0; times < 2; times++) {
      await reads.write([events([eventRow("p", "x")]), hours([1, "a", 1, 1, 1])], checkpoint(2, "p"));
      assert.deepEqual(await reads.query("SELECT count() AS n FROM events"), [{ n: "1" }]);
      await reads.reset();
      assert.equal(await reads.checkpoint(), null);
      for (const table of ["events", "cost_rollup", "movements", "sessions", "quarantine"]) {
        assert.deepEqual(await reads.query(`SELECT count() AS n FROM ${table}`), [{ n: "0" }]);
      }
    }
  });

  test("answers questions and changes nothing by them", async () => {
    await using reads = await open();
    await reads.write([events([eventRow("p", "x")])]);
    for (const sql of [
      "DROP TABLE events",
      "TRUNCATE TABLE events",
      "INSERT INTO checkpoints VALUES (1, '', '', '')",
      "SELECT 1; DROP TABLE events",
    ]) {
      await assert.rejects(reads.query(sql), sql);
    }
    assert.deepEqual(await reads.query("SELECT count() AS n FROM events"), [{ n: "1" }]);
  });

  test("stops a question that takes too long, and answers the next one", async () => {
    await using reads = await open();
    const endless = "SELECT max(sipHash64(number)) FROM numbers(1000000000000)";
    await assert.rejects(reads.query(endless, {}, 1), /[Tt]imeout|TIMEOUT/);
    assert.deepEqual(await reads.query("SELECT 1 AS one"), [{ one: 1 }]);
  });

  test("leaves nothing of a question that failed half-way in the answers to others", async () => {
    await using reads = await open();
    const failing = "SELECT number, throwIf(number = 500000, 'on purpose') AS bad FROM numbers(1000000)";
    const asked = [1, 2, 3].flatMap((n) => [
      assert.rejects(reads.query(failing), /on purpose/),
      reads.query("SELECT {n:UInt8} AS n", { n }).then((rows) => assert.deepEqual(rows, [{ n }])),
      reads.query(`SELECT ${n} AS n`).then((rows) => assert.deepEqual(rows, [{ n }])),
    ]);
    await Promise.all(asked);
  });

  test("refuses a row that does not fit its columns", async () => {
    await using reads = await open();
    await assert.rejects(reads.write([events([["p", "only two"]])]), /2 values for 7 columns/);
  });

  test("is down once it is closed, and may be closed twice", async () => {
    const reads = await open();
    await reads[Symbol.asyncDispose]();
    await reads[Symbol.asyncDispose]();
    assert.equal((await reads.status()).state, "down");
  });
}
