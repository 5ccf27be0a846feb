import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricPoint } from "../otlp/model.ts";
import { attributionOf } from "./attribution.ts";
import { ticksOf } from "./counters.ts";
import { Gathering } from "./findings.ts";
import { processKey } from "./process-key.ts";
import { cacheWrites, disjoint, notANumber } from "./usage.ts";

test("work is attributed by the words that people and OpenTelemetry use", () => {
  assert.deepEqual(attributionOf({ "feature.id": "PAY-123", "ticket.id": "T-1", "change.kind": "bug" }, {}), {
    feature: "PAY-123",
    ticket: "T-1",
    changekind: "bug",
  });
  assert.deepEqual(attributionOf({ feature: "a", repo: "x" }, { feature: "b", branch: "main" }), {
    feature: "b",
    repo: "x",
    branch: "main",
  });
  const repos = [
    { "vcs.owner.name": "acme", "vcs.repository.name": "shop" },
    { "vcs.repository.url.full": "https://git.example.test/acme/shop" },
    { "vcs.repository.url.full": "git@git.example.test:acme/shop.git" },
    { "vcs.repository.url.full": "ssh://git@git.example.test:22/acme/shop.git/" },
    { repo: "acme/shop", "vcs.owner.name": "other" },
  ];
  for (const resource of repos) assert.equal(attributionOf(resource, {}).repo, "acme/shop");
  assert.deepEqual(attributionOf({ feature: "", ticket: null }, {}), {});
});

test("a process is the same in every signal, although each has other detected attributes", () => {
  const own = { "service.name": "codex_exec", "feature.id": "PAY-123", "process.pid": 4 };
  const inLogs = processKey("codex", { ...own, "host.name": "laptop", "telemetry.sdk.name": "opentelemetry" });
  assert.equal(processKey("codex", { os: "Debian", os_version: "12.0.0", "process.owner": "root", ...own }), inLogs);
  assert.notEqual(processKey("codex", { ...own, "process.pid": 5 }), inLogs);
  assert.notEqual(processKey("other", own), processKey("codex", own));
});

test("parts are taken out of their wholes, and kept beside them when they do not fit", () => {
  const counts = { input: 9_200, cacheRead: 8_960, cacheWrite: 40, output: 180, reasoning: 96 };
  assert.deepEqual(disjoint(counts), {
    tokens: { input: 200, cacheRead: 8_960, cacheWriteOther: 40, output: 84, reasoning: 96 },
    quality: "exact",
  });
  assert.deepEqual(disjoint({ ...counts, input: 100 }), {
    tokens: { input: 100, cacheRead: 8_960, cacheWriteOther: 40, output: 84, reasoning: 96 },
    quality: "estimated",
  });
  assert.deepEqual(disjoint({ input: undefined, cacheRead: undefined, cacheWrite: undefined, output: 3, reasoning: undefined }), {
    tokens: { output: 3 },
    quality: "exact",
  });
  assert.deepEqual(cacheWrites({ all: 10, five: 6, hour: "3" }, "all", "five", "hour"), {
    cacheWrite5m: 6,
    cacheWrite1h: 3,
    cacheWriteOther: 1,
  });
  assert.equal(notANumber({ a: 1, b: "2", c: null, d: "x" }, ["a", "b", "c", "d", "e"]), "d");
});

test("points of one export belong together, also when their starts differ by nanoseconds", () => {
  const resource = {};
  const point = (part: string, value: number, startNano: string, rest: Partial<MetricPoint> = {}): MetricPoint => ({
    resource,
    scope: { name: "s", version: "" },
    metric: "m",
    unit: "",
    kind: "sum",
    temporality: "cumulative",
    attributes: { model: "x", type: part },
    startNano,
    timeNano: "2000000000000",
    startMs: 1_000,
    timeMs: 2_000_000,
    value,
    count: 1,
    ...rest,
  });
  const partOf = (one: MetricPoint) => String(one.attributes["type"]);
  const [tick, ...others] = ticksOf(
    [point("output", 5, "1000000002"), point("input", 7, "999999999"), point("output", 5, "1000000002")],
    partOf,
    ["type"],
  );
  assert.equal(others.length, 0);
  assert.deepEqual(
    [...(tick?.parts ?? [])],
    [
      ["input", 7],
      ["output", 5],
    ],
  );
  assert.equal(tick?.point.startNano, "999999999");

  const aMinuteLater = { timeNano: "2060000000000", timeMs: 2_060_000 };
  const both = ticksOf([point("input", 7, "1"), point("input", 9, "1", aMinuteLater), point("output", 1, "1", aMinuteLater)], partOf, [
    "type",
  ]);
  assert.deepEqual(
    both.map(({ parts }) => Object.fromEntries(parts)),
    [{ input: 7 }, { input: 9, output: 1 }],
  );
});

test("names of ignored records are labels, never sentences or lists without end", () => {
  const gathering = new Gathering();
  const found = gathering.of("test");
  for (const name of ["plugin_loaded", "plugin_loaded", "my password is: hunter2!", "x".repeat(200)]) found.ignore(name);
  for (let nth = 0; nth < 500; nth++) found.ignore(`name-${nth}`);
  const { ignored } = gathering.translation();
  assert.equal(ignored.get("plugin_loaded"), 2);
  assert.equal(ignored.size, 100);
  assert.equal(
    [...ignored.values()].reduce((sum, count) => sum + count, 0),
    504,
  );
  assert.equal(ignored.has("my password is: hunter2!"), false);
});
