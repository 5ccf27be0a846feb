import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSound, dataOf } from "../../../testing/check-drafts.ts";
import { countUsage, totalOf } from "../../../testing/count-usage.ts";
import { histograms, logs, type PlainSpan, spans } from "../../../testing/otlp-json.ts";
import type { OtlpBatch } from "../../otlp/model.ts";
import { translate } from "../../translate.ts";

const used = (...batches: OtlpBatch[]) => {
  const { tokens } = totalOf(countUsage(batches.map(translate)));
  return Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== 0));
};
const usageOf = (batch: OtlpBatch) => dataOf(assertSound([translate(batch)]), "session.usage.recorded");
const chat = (attributes: PlainSpan["attributes"], rest: Partial<PlainSpan> = {}): PlainSpan => ({ name: "chat", attributes, ...rest });

test("where a total is given it tells whether caches and thoughts are in or beside the counts", () => {
  const call = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "m",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 40,
  };
  const read = { "gen_ai.usage.cache_read.input_tokens": 60 };
  const thought = { "gen_ai.usage.reasoning.output_tokens": 30 };
  const one = (attributes: PlainSpan["attributes"]) => {
    const batch = spans("a", [chat({ ...call, ...attributes })]);
    const [usage] = usageOf(batch);
    return [used(batch), usage?.["convention"], usage?.["quality"]];
  };
  const inside = { input: 40, cacheRead: 60, output: 10, reasoning: 30 };
  assert.deepEqual(one({ ...read, ...thought }), [inside, "inclusive", "exact"]);
  assert.deepEqual(one({ ...read, ...thought, "gen_ai.usage.total_tokens": 140 }), [inside, "inclusive", "exact"]);
  assert.deepEqual(one({ ...read, "gen_ai.usage.total_tokens": 200 }), [{ input: 100, cacheRead: 60, output: 40 }, "disjoint", "exact"]);
  assert.deepEqual(one({ ...thought, "gen_ai.usage.total_tokens": 170 }), [{ input: 100, output: 40, reasoning: 30 }, "disjoint", "exact"]);
  assert.deepEqual(one({ ...read, ...thought, "gen_ai.usage.total_tokens": 230 }), [
    { input: 100, cacheRead: 60, output: 40, reasoning: 30 },
    "disjoint",
    "exact",
  ]);
  assert.deepEqual(one({ "gen_ai.usage.cache_read.input_tokens": 5_000 }), [
    { input: 100, cacheRead: 5_000, output: 40 },
    "disjoint",
    "estimated",
  ]);
});

test("one call that two libraries, or a span and a log, report is counted once", () => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.response.id": "r1" };
  const counts = { "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 2 };
  const twice = spans("a", [chat({ ...call, ...counts }), chat({ ...call, ...counts }, { parent: "1" })]);
  assert.deepEqual(used(twice), { input: 7, output: 2 });

  const event = "gen_ai.client.inference.operation.details";
  const log = logs("a", [{ event, attributes: { ...call, ...counts, "gen_ai.usage.output_tokens": 3 } }]);
  assert.deepEqual(used(twice, log), { input: 7, output: 3 });
  assert.deepEqual(used(log, twice), { input: 7, output: 3 });

  const { "gen_ai.response.id": _, ...anonymous } = call;
  const span = spans("a", [chat({ ...anonymous, ...counts }, { id: "b" })]);
  assert.deepEqual(used(span, logs("a", [{ event, attributes: { ...anonymous, ...counts }, span: "b" }])), { input: 7, output: 2 });
});

test("the token histogram counts where there are no spans, and is only compared where there are", () => {
  const point = (type: string, sum: number, operation = "chat") => ({
    metric: "gen_ai.client.token.usage",
    attributes: {
      "gen_ai.token.type": type,
      "gen_ai.operation.name": operation,
      "gen_ai.request.model": "m",
      "gen_ai.provider.name": "openai",
    },
    sum,
  });
  const metrics = histograms("a", [point("input", 700), point("output", 90), point("input", 700, "invoke_agent")]);
  assert.deepEqual(used(metrics), { input: 700, output: 90 });
  const [usage] = usageOf(metrics);
  assert.match(String(usage?.["sessionId"]), /^unsessioned:/);
  assert.equal(usage?.["sessionId"], `unsessioned:${String(usage?.["process"])}`);

  const span = spans("a", [
    chat({
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "m",
      "gen_ai.usage.input_tokens": 700,
      "gen_ai.usage.output_tokens": 90,
    }),
  ]);
  assert.deepEqual(used(metrics, span), { input: 700, output: 90 });
  assert.deepEqual(used(span, metrics), { input: 700, output: 90 });

  const newer = { metric: "gen_ai.client.inference.usage.input_tokens", attributes: { "gen_ai.request.model": "m" }, sum: 650 };
  assert.deepEqual(used(histograms("a", [point("input", 700), newer])), { input: 650 });
});

test("a failed call is an error, with its tokens if it has any", () => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };
  const batch = spans("a", [
    chat({ ...call, "error.type": "RateLimitError" }, { failed: true }),
    chat({ ...call, "http.response.status_code": 529 }, { failed: true }),
    chat({ ...call, "gen_ai.usage.input_tokens": 5, "error.type": "timeout" }),
    chat(call),
  ]);
  assert.deepEqual(used(batch), { input: 5 });
  assert.deepEqual(
    dataOf(assertSound([translate(batch)]), "session.error.raised").map(({ error, status }) => [error, status]),
    [
      ["RateLimitError", undefined],
      ["overloaded", 529],
      ["timeout", undefined],
    ],
  );
});

test("a count that is no number is refused with its place, and negative ones reach the schema's refusal", () => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };
  const { drafts, refused } = translate(spans("a", [chat({ ...call, "gen_ai.usage.input_tokens": "many" })]));
  assert.equal(drafts.filter(({ name }) => name === "session.usage.recorded").length, 0);
  assert.equal(refused[0]?.at, "/attributes/gen_ai.usage.input_tokens");
  assert.throws(
    () => assertSound([translate(spans("a", [chat({ ...call, "gen_ai.usage.input_tokens": -5 })]))]),
    /\/data\/promptTokens must be >= 0/,
  );
});
