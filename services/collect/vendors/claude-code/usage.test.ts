import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, type Used, usedIn } from "../../../testing/answered.ts";
import { assertSound, dataOf } from "../../../testing/check-drafts.ts";
import { countUsage, idOf, totalOf } from "../../../testing/count-usage.ts";
import { bodiesOf, readBatch, translateBody, translateRun } from "../../../testing/read-capture.ts";
import type { OtlpBatch } from "../../otlp/model.ts";
import { translate } from "../../translate.ts";

const VIEWS: readonly (readonly OtlpBatch["signal"][])[] = [
  ["logs"],
  ["metrics"],
  ["traces"],
  ["logs", "traces"],
  ["traces", "metrics"],
  ["metrics", "logs"],
  [],
];

/** Claude Opus 5.5 in this version's own price list: 4, 20, 5 and 0.20 USD for a million tokens. In pico-dollars. */
const opus = ({ input, output, cacheWrite, cacheRead }: Used): bigint =>
  BigInt(input) * 4_000_000n + BigInt(output) * 20_000_000n + BigInt(cacheWrite) * 5_000_000n + BigInt(cacheRead) * 200_000n;

for (const run of ["s1-json", "s1-proto", "s1-default-redacted", "s1-cumulative", "otlp-503", "deny", "mcp-and-failures", "max-detail"]) {
  test(`${run}: the same tokens and cost from every signal alone and from all together`, () => {
    const truth = answered(`claude-code/${run}`);
    const has = (signal: OtlpBatch["signal"]) => bodiesOf(`claude-code/${run}`).some((path) => path.includes(`-${signal}.`));
    let views = 0;
    for (const signals of VIEWS) {
      if (!signals.every(has)) continue;
      const counted = totalOf(countUsage(translateRun(`claude-code/${run}`, ...signals)));
      assert.deepEqual(usedIn(counted), truth, signals.join());
      const priced = signals.length === 0 || signals.includes("logs") || signals.includes("metrics");
      assert.equal(counted.reported, priced ? opus(truth) : 0n, signals.join());
      views += 1;
    }
    assert.ok(views >= 2);
  });
}

test("s1 is 91 in, 124,032 read, 22,848 written for five minutes, 1,029 out, for 0.1599904 dollars", () => {
  const counted = totalOf(countUsage(translateRun("claude-code/s1-json")));
  assert.deepEqual(counted.tokens, {
    input: 91,
    cacheRead: 124_032,
    cacheWrite5m: 22_848,
    cacheWrite1h: 0,
    cacheWriteOther: 0,
    output: 1_029,
    reasoning: 0,
  });
  assert.equal(counted.reported, 159_990_400_000n);
});

test("bodies that were sent again make the same drafts again", () => {
  const ids = (file: string) => translateBody(`claude-code/otlp-503/${file}`).drafts.map(idOf);
  assert.deepEqual(ids("001-logs.json"), ids("004-logs.json"));
  assert.deepEqual(ids("001-logs.json"), ids("012-logs.json"));
  assert.deepEqual(ids("003-metrics.json"), ids("007-metrics.json"));
  assert.deepEqual(ids("006-metrics.json"), ids("011-metrics.json"));
  assert.ok(ids("001-logs.json").length > 0 && ids("003-metrics.json").length > 0);
});

test("auto mode: the classifier's calls are in metrics and spans but in no log, and count once", () => {
  const truth = answered("claude-code/auto-mode");
  assert.deepEqual(usedIn(totalOf(countUsage(translateRun("claude-code/auto-mode")))), truth);
  assert.deepEqual(usedIn(totalOf(countUsage(translateRun("claude-code/auto-mode", "logs", "metrics")))), truth);
  const logs = totalOf(countUsage(translateRun("claude-code/auto-mode", "logs")));
  const all = totalOf(countUsage(translateRun("claude-code/auto-mode")));
  // Three calls of Sonnet 5 with 38 in, 35,210 read, 212 written, and 5, 41 and 41 out.
  assert.equal(all.tokens.output - logs.tokens.output, 87);
  assert.equal(all.tokens.cacheRead - logs.tokens.cacheRead, 105_630);
  assert.equal(all.reported - logs.reported, 23_814_000_000n);
  const models = new Set(dataOf(assertSound(translateRun("claude-code/auto-mode")), "session.usage.recorded").map(({ model }) => model));
  assert.deepEqual([...models].sort(), ["claude-opus-5-5", "claude-sonnet-5"]);
});

test("interrupts: under -p nothing is told of the call; in the terminal only the metric knows it", () => {
  // Three sessions asked once each; of the first, interrupted while it streamed, there is no trace in the telemetry.
  const { input, output, cacheWrite } = usedIn(totalOf(countUsage(translateRun("claude-code/interrupt"))));
  assert.deepEqual([input, output, cacheWrite], [8, 192, 36_864]);
  // 12 calls were answered in full or in part; the metric saw 117 tokens of the interrupted answer instead of 96.
  const truth = answered("claude-code/interactive-manual");
  const all = totalOf(countUsage(translateRun("claude-code/interactive-manual")));
  assert.deepEqual(usedIn(all), { ...truth, output: truth.output + 21 });
  const logs = totalOf(countUsage(translateRun("claude-code/interactive-manual", "logs")));
  assert.equal(all.reported - logs.reported, 47_258_000_000n);
});

test("a sub-agent's calls are the sub-agent's", () => {
  const usage = dataOf(assertSound(translateRun("claude-code/beta-detailed")), "session.usage.recorded");
  const bySource = (source: string) => usage.filter((data) => data["source"] === source).length;
  assert.deepEqual([bySource("main"), bySource("subagent")], [4, 2]);
  assert.deepEqual(usedIn(totalOf(countUsage(translateRun("claude-code/beta-detailed")))), answered("claude-code/beta-detailed"));
});

test("counters without a session are kept under their process, and only checked against once its calls are known", () => {
  const withoutSession = bodiesOf("claude-code/s1-json")
    .filter((path) => path.includes("-metrics."))
    .map((path) => {
      const batch = readBatch(path);
      assert.ok(batch.signal === "metrics");
      const records = batch.records.map((point) => {
        const { "session.id": _, ...attributes } = point.attributes;
        return { ...point, attributes };
      });
      return translate({ signal: "metrics", records });
    });
  const truth = answered("claude-code/s1-json");
  const alone = countUsage(withoutSession);
  assert.ok([...alone.keys()].every((session) => session.startsWith("unsessioned:")));
  assert.deepEqual(usedIn(totalOf(alone)), truth);
  for (const order of [
    [...withoutSession, ...translateRun("claude-code/s1-json", "logs")],
    [...translateRun("claude-code/s1-json", "logs"), ...withoutSession],
  ]) {
    const both = totalOf(countUsage(order));
    assert.deepEqual(usedIn(both), truth);
    assert.equal(both.reported, opus(truth));
  }
});
