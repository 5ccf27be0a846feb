import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { answered, usedIn } from "../testing/answered.ts";
import { assertSound } from "../testing/check-drafts.ts";
import { countUsage, idOf, totalOf } from "../testing/count-usage.ts";
import { bodiesOf, readBatch } from "../testing/read-capture.ts";
import { decodeOtlp } from "./otlp/decode.ts";
import type { LogRecord, MetricPoint, OtlpBatch, Span } from "./otlp/model.ts";
import { translate } from "./translate.ts";

const RUNS = ["claude-code/s1-json", "claude-code/errors", "claude-code/interactive-manual", "copilot-cli/s1-json", "copilot-cli/errors"];

interface Records {
  readonly logs: LogRecord;
  readonly traces: Span;
  readonly metrics: MetricPoint;
}

/** All records of one signal of a run, in the order they were sent. */
const recordsOf = <S extends keyof Records>(run: string, signal: S): Records[S][] =>
  bodiesOf(run)
    .filter((path) => path.includes(`-${signal}.`))
    .flatMap((path) => readBatch(path).records as unknown as Records[S][]);

const batchOf = (signal: OtlpBatch["signal"], records: readonly (LogRecord | Span | MetricPoint)[]): OtlpBatch =>
  ({ signal, records }) as unknown as OtlpBatch;

/** The records in another order, cut into bodies of other sizes, some of them sent twice. */
const reshuffled = <T>(records: readonly T[]): fc.Arbitrary<T[][]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...records], { minLength: records.length }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      fc.nat(),
    )
    .map(([order, sizes, again]) => {
      const bodies: T[][] = [];
      for (let at = 0, nth = 0; at < order.length; nth++) {
        const size = sizes[nth % sizes.length] ?? 1;
        bodies.push(order.slice(at, at + size));
        at += size;
      }
      bodies.push(bodies[again % bodies.length] ?? []);
      return bodies;
    });

test("however logs and spans are ordered, split, merged or repeated, the same events come out", () => {
  for (const run of RUNS) {
    for (const signal of ["logs", "traces"] as const) {
      const records = recordsOf(run, signal);
      if (records.length === 0) continue;
      const expected = new Set(translate(batchOf(signal, records)).drafts.map(idOf));
      fc.assert(
        fc.property(reshuffled<LogRecord | Span>(records), (bodies) => {
          const drafts = assertSound(bodies.map((body) => translate(batchOf(signal, body))));
          assert.deepEqual(new Set(drafts.map(idOf)), expected);
        }),
        { numRuns: 15 },
      );
    }
  }
});

test("however exports of metrics are ordered, merged or repeated, the same events come out", () => {
  for (const run of RUNS) {
    const exports = bodiesOf(run)
      .filter((path) => path.includes("-metrics."))
      .map((path) => readBatch(path).records as readonly MetricPoint[]);
    if (exports.length === 0) continue;
    const ids = (bodies: readonly (readonly MetricPoint[])[]) =>
      new Set(assertSound(bodies.map((body) => translate(batchOf("metrics", body)))).map(idOf));
    const expected = ids(exports);
    fc.assert(
      fc.property(reshuffled(exports), fc.gen(), (bodies, draw) => {
        const shuffled = bodies.map((body) => draw(fc.shuffledSubarray<MetricPoint>, body.flat(), { minLength: body.flat().length }));
        assert.deepEqual(ids(shuffled), expected);
      }),
      { numRuns: 15 },
    );
  }
});

test("an export of metrics that a relay tears apart still counts once", () => {
  const points = recordsOf("claude-code/s1-json", "metrics");
  fc.assert(
    fc.property(reshuffled(points), (bodies) => {
      const translations = bodies.map((body) => translate(batchOf("metrics", body)));
      assertSound(translations);
      assert.deepEqual(usedIn(totalOf(countUsage(translations))), answered("claude-code/s1-json"));
    }),
    { numRuns: 30 },
  );
});

test("signals may come in any order and in part: what is counted never exceeds the truth, and all together are it", () => {
  const bodies = bodiesOf("claude-code/s1-json").map((path) => translate(readBatch(path)));
  const truth = answered("claude-code/s1-json");
  fc.assert(
    fc.property(fc.shuffledSubarray(bodies, { minLength: bodies.length }), fc.nat({ max: bodies.length }), (order, some) => {
      assert.deepEqual(usedIn(totalOf(countUsage(order))), truth);
      const partial = usedIn(totalOf(countUsage(order.slice(0, some))));
      for (const bucket of ["input", "cacheRead", "cacheWrite", "output"] as const) assert.ok(partial[bucket] <= truth[bucket]);
    }),
    { numRuns: 40 },
  );
});

test("whatever a recorded body is changed to, translating it never throws and every draft has a time", () => {
  const bodies = RUNS.flatMap(bodiesOf).map((path) => readBatch(path));
  fc.assert(
    fc.property(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.string(),
      fc.anything({ withNullPrototype: false }),
      ({ signal, records }, at, key, value) => {
        const changed = records.map((record) => {
          const keys = Object.keys(record.attributes);
          const attributes = { ...record.attributes, [keys[at % (keys.length || 1)] ?? key]: value, [key]: value };
          return { ...record, attributes, timeMs: at % 3 === 0 ? null : "timeMs" in record ? record.timeMs : 0 };
        });
        const { drafts } = translate(batchOf(signal, changed as (LogRecord | Span | MetricPoint)[]));
        for (const draft of drafts) assert.ok(Number.isFinite(draft.timeMs) && !Number.isNaN(new Date(draft.timeMs).getTime()));
      },
    ),
    { numRuns: 150 },
  );
});

test("any JSON that decodes is translated without a throw", () => {
  const attribute = fc.record({
    key: fc.constantFrom(
      "gen_ai.operation.name",
      "gen_ai.usage.input_tokens",
      "session.id",
      "event.name",
      "gen_ai.request.model",
      "tool_name",
    ),
    value: fc.oneof(
      fc.record({ stringValue: fc.oneof(fc.string(), fc.constantFrom("chat", "api_request", "execute_tool", "user_prompt")) }),
      fc.record({ intValue: fc.oneof(fc.integer().map(String), fc.constant("9".repeat(40))) }),
      fc.record({ doubleValue: fc.double() }),
      fc.record({ arrayValue: fc.constant({}) }),
    ),
  });
  const scope = fc.constantFrom(
    "com.anthropic.claude_code.events",
    "com.anthropic.claude_code.tracing",
    "github.copilot",
    "codex_otel",
    "gemini-cli",
    "x",
  );
  const item = fc.record({
    attributes: fc.array(attribute),
    timeUnixNano: fc.nat().map(String),
    startTimeUnixNano: fc.nat().map(String),
    name: fc.string(),
  });
  fc.assert(
    fc.property(scope, fc.array(item, { maxLength: 4 }), (name, items) => {
      for (const [signal, resources, scopes, records] of [
        ["logs", "resourceLogs", "scopeLogs", "logRecords"],
        ["traces", "resourceSpans", "scopeSpans", "spans"],
      ] as const) {
        const body = { [resources]: [{ [scopes]: [{ scope: { name }, [records]: items }] }] };
        const decoded = decodeOtlp(signal, "json", Buffer.from(JSON.stringify(body)));
        assert.ok(decoded.kind === "ok");
        const { drafts, ignored, refused } = translate(decoded.batch);
        const passed = [...ignored.values()].reduce((sum, count) => sum + count, 0);
        if (items.length > 0) assert.ok(drafts.length + refused.length + passed > 0, "nothing vanishes");
      }
    }),
    { numRuns: 300 },
  );
});

test("a record that breaks its translator is refused without its words, and its neighbours are read", () => {
  const [first, second] = recordsOf("claude-code/s1-json", "logs").filter(({ body }) => body === "claude_code.api_request");
  assert.ok(first && second);
  const attributes = new Proxy(first.attributes, {
    get: () => {
      throw new Error("a secret");
    },
  });
  const { drafts, refused } = translate({ signal: "logs", records: [{ ...first, attributes }, second] });
  assert.equal(drafts.filter(({ name }) => name === "session.usage.recorded").length, 1);
  assert.equal(refused.length, 1);
  assert.match(refused[0]?.reason ?? "", /claude-code/);
  assert.doesNotMatch(refused[0]?.reason ?? "", /secret/);
});

test("telemetry that is not about AI is ignored by the name of its scope, never quarantined", () => {
  const span = {
    name: "GET /users/123",
    startTimeUnixNano: "1795252571150000000",
    attributes: [{ key: "http.request.method", value: { stringValue: "GET" } }],
  };
  const traces = decodeOtlp(
    "traces",
    "json",
    Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: "http" }, spans: [span, span] }] }] })),
  );
  assert.ok(traces.kind === "ok");
  const translation = translate(traces.batch);
  assert.deepEqual([translation.drafts, translation.refused, [...translation.ignored]], [[], [], [["http span", 2]]]);
});
