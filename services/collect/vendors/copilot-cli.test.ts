import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, usedIn } from "../../testing/answered.ts";
import { assertSound, dataOf } from "../../testing/check-drafts.ts";
import { countUsage, totalOf } from "../../testing/count-usage.ts";
import { bodiesOf, readBatch, translateRun } from "../../testing/read-capture.ts";
import type { OtlpBatch } from "../otlp/model.ts";
import { translate } from "../translate.ts";

const translations = (run: string, ...signals: OtlpBatch["signal"][]) => translateRun(`copilot-cli/${run}`, ...signals);
const used = (all: Parameters<typeof countUsage>[0]) => usedIn(totalOf(countUsage(all)));

for (const run of ["s1-json", "s1-proto", "s1-redacted", "deny", "errors"]) {
  test(`${run}: spans, metrics and both together give what the model answered`, () => {
    assertSound(translations(run));
    const truth = answered(`copilot-cli/${run}`);
    assert.deepEqual(used(translations(run, "traces")), truth);
    assert.deepEqual(used(translations(run)), truth);
    assert.deepEqual(used(translations(run).reverse()), truth);
    if (run === "errors") return;
    const metrics = countUsage(translations(run, "metrics"));
    assert.deepEqual(usedIn(totalOf(metrics)), truth);
    assert.ok([...metrics.keys()].every((session) => session.startsWith("unsessioned:")));
  });
}

test("s1 is 91 in, 124,032 read, 22,848 written, 1,029 out: input without what was cached", () => {
  assert.deepEqual(used(translations("s1-json")), { input: 91, cacheRead: 124_032, cacheWrite: 22_848, output: 1_029 });
  const [first] = dataOf(assertSound(translations("s1-json", "traces")), "session.usage.recorded");
  assert.equal(first?.["promptTokens"], 18_436);
  assert.equal(first?.["convention"], "inclusive");
});

test("running totals that are exported again add nothing", () => {
  const metrics = translations("s1-json", "metrics");
  const later = bodiesOf("copilot-cli/s1-json")
    .filter((path) => path.includes("-metrics"))
    .map((path) => {
      const batch = readBatch(path);
      assert.ok(batch.signal === "metrics");
      const aMinute = (nano: string) => (BigInt(nano) + 60_000_000_000n).toString();
      const resource = { ...batch.records[0]?.resource };
      const records = batch.records.map((point) => ({
        ...point,
        resource,
        timeNano: aMinute(point.timeNano),
        timeMs: (point.timeMs ?? 0) + 60_000,
      }));
      return translate({ signal: "metrics", records });
    });
  assert.deepEqual(used([...metrics, ...later]), answered("copilot-cli/s1-json"));
  assert.equal(assertSound([...metrics, ...later]).length, assertSound(metrics).length);
});

test("tools, files, prompt and answer of a session", () => {
  const drafts = assertSound(translations("s1-json", "traces"));
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, outcome }) => [tool, outcome]),
    [
      ["view", "ok"],
      ["bash", "failed"],
      ["edit", "ok"],
      ["create", "ok"],
      ["view", "ok"],
      ["bash", "ok"],
      ["bash", "ok"],
    ],
  );
  assert.deepEqual(
    dataOf(drafts, "session.file.changed").map(({ operation }) => operation),
    ["update", "create"],
  );
  const sessionId = "567c616d-71e7-4335-b51c-a2e4069863b0";
  assert.deepEqual(dataOf(drafts, "session.started"), [{ sessionId, harness: "copilot-cli", harnessVersion: "1.0.102" }]);
  const prompts = drafts.filter(({ name }) => name === "session.prompt.submitted");
  assert.equal(prompts.length, 1);
  assert.equal(prompts[0]?.data["promptId"], "c1af6279-f4cd-4b28-be2e-f102964ba0f2");
  assert.match(prompts[0]?.content?.[0]?.text ?? "", /Fix the rounding bug/);
  const [answer] = dataOf(drafts, "session.response.produced");
  assert.equal(answer?.["length"], 105);
  assert.ok(drafts.every(({ attribution }) => attribution?.feature === "checkout-discounts"));
});

test("without content capture there is no content but the errors' own words", () => {
  for (const run of ["s1-redacted", "s1-proto"]) {
    const drafts = assertSound(translations(run));
    assert.equal(dataOf(drafts, "session.tool.called").length, 7);
    assert.deepEqual(
      drafts.flatMap(({ content }) => content ?? []),
      [],
    );
  }
});

test("each failed attempt is an error and has no tokens", () => {
  const errors = dataOf(assertSound(translations("errors")), "session.error.raised");
  assert.deepEqual(
    errors.map(({ error, model }) => [error, model]),
    Array.from({ length: 4 }, () => ["ModelCallError", "claude-sonnet-4.5"]),
  );
});

test("a denied tool was blocked", () => {
  const drafts = assertSound(translations("deny", "traces"));
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, outcome }) => [tool, outcome]),
    [
      ["bash", "blocked"],
      ["view", "ok"],
    ],
  );
  assert.deepEqual(
    dataOf(drafts, "session.tool.decided").map(({ tool, decision }) => [tool, decision]),
    [["bash", "deny"]],
  );
});
