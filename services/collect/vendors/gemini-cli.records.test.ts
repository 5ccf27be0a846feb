import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { logRecord } from "../../testing/log-record.ts";
import { bodiesOf, readBatch } from "../../testing/read-capture.ts";
import { takeIn } from "../../testing/take-in.ts";
import { buildEvent } from "../build-event.ts";
import type { Draft } from "../draft.ts";
import type { Attributes, LogRecord, MetricPoint, OtlpBatch } from "../otlp/model.ts";
import { translate } from "../translate.ts";

const RESOURCE = { "service.name": "gemini-cli", "service.version": "v20.20.2", "session.id": "s1", "process.pid": 7 };
const MOMENT = "2026-11-21T10:00:00.000Z";

const log = (event: string, attributes: Attributes, more: Partial<LogRecord> = {}): LogRecord =>
  logRecord(RESOURCE, "gemini-cli", { "event.name": event, "event.timestamp": MOMENT, "session.id": "s1", ...attributes }, more);

const response = (attributes: Attributes) =>
  log("gemini_cli.api_response", { model: "gemini-2.5-pro", prompt_id: "s1", role: "main", duration_ms: 100, ...attributes });

const told = (...records: LogRecord[]) => translate({ signal: "logs", records }).drafts;

describe("a model call in a log", () => {
  test("has the results of the service's own tools beside its prompt, unless the total says they are in it", () => {
    // Google's own sum: 12 + 71 + 89 + 65 = 237.
    const counts = { input_token_count: 12, cached_content_token_count: 4, output_token_count: 71, thoughts_token_count: 89 };
    const tokens = (more: Attributes) =>
      told(response({ ...counts, ...more })).find(({ name }) => name === "session.usage.recorded")?.data["tokens"];
    const rest = { cacheRead: 4, output: 71, reasoning: 89 };
    assert.deepEqual(tokens({ tool_token_count: 65, total_token_count: 237 }), { input: 12 - 4 + 65, ...rest });
    assert.deepEqual(tokens({ tool_token_count: 5, total_token_count: 172 }), { input: 12 - 4, ...rest });
    assert.deepEqual(tokens({ tool_token_count: 65 }), { input: 12 - 4 + 65, ...rest });
  });

  test("counts twice when it happened twice, also in the same millisecond, and once when its record came twice", async () => {
    const counts = { input_token_count: 100, output_token_count: 5 };
    const bodies = told(
      response(counts),
      response({ ...counts, duration_ms: 101 }),
      response(counts),
      response({ ...counts, prompt_id: "a1#0" }),
    );
    const taken = await takeIn([bodies, bodies]);
    assert.deepEqual(taken.tokens(), { input: 300, output: 15 });
  });

  test("of a router or a summary is auxiliary", () => {
    const sources = ["main", "subagent", "utility_router", null].map(
      (role) => told(response({ input_token_count: 1, role })).at(-1)?.data["source"],
    );
    assert.deepEqual(sources, ["main", "subagent", "auxiliary", undefined]);
  });

  test("whose answer cannot be read still counts", async () => {
    for (const response_text of ["{", "null", "[null]", '[{"candidates":{}}]', '[{"candidates":[{"content":{"parts":7}}]}]', 5]) {
      const taken = await takeIn([told(response({ input_token_count: 100, response_text }))]);
      assert.deepEqual(taken.tokens(), { input: 100 });
    }
  });
});

describe("sub-agents", () => {
  test("work in the session of their parent under an id of their own", async () => {
    const records = [
      log("gemini_cli.agent.start", { agent_id: "a1", agent_name: "codebase_investigator" }),
      response({
        input_token_count: 6_100,
        cached_content_token_count: 4_096,
        output_token_count: 22,
        thoughts_token_count: 8,
        prompt_id: "a1#0",
        role: "subagent",
      }),
      log("gemini_cli.tool_call", { function_name: "read_file", success: true, decision: "accept", prompt_id: "a1#0" }),
      log("gemini_cli.agent.finish", { agent_id: "a1", agent_name: "codebase_investigator", duration_ms: 589, terminate_reason: "GOAL" }),
    ];
    const taken = await takeIn([told(...records)]);
    for (const name of ["session.usage.recorded", "session.tool.called", "session.subagent.finished"]) {
      assert.deepEqual(
        taken.of(name).map(({ data }) => [data["sessionId"], data["subagentId"]]),
        [["s1", "a1"]],
        name,
      );
    }
    assert.deepEqual(taken.tokens(), { input: 2_004, cacheRead: 4_096, output: 22, reasoning: 8 });
    const { name, outcome, durationMs } = taken.of("session.subagent.finished")[0]?.data ?? {};
    assert.deepEqual([name, outcome, durationMs], ["codebase_investigator", "goal", 589]);
  });

  test("are not seen in the turns that people start", () => {
    const [, prompt] = told(log("gemini_cli.user_prompt", { prompt_id: "s1########3", prompt_length: 5 }));
    assert.deepEqual(prompt?.data, { sessionId: "s1", promptId: "s1########3", length: 5 });
  });
});

describe("metrics", () => {
  const point = (type: string, value: number, startMs: number, timeMs: number): MetricPoint => ({
    resource: RESOURCE,
    scope: { name: "gemini-cli", version: "" },
    metric: "gemini_cli.token.usage",
    unit: "",
    kind: "sum",
    temporality: "cumulative",
    attributes: { "session.id": "s1", model: "gemini-2.5-pro", type },
    startNano: `${startMs}000000`,
    timeNano: `${timeMs}000000`,
    startMs,
    timeMs,
    value,
    count: 0,
  });
  const points = (...records: MetricPoint[]) => translate({ signal: "metrics", records }).drafts;
  const T = Date.parse(MOMENT);

  test("grow, repeat and start anew with the next process of a session", async () => {
    const first = points(point("input", 100, T, T + 10_000), point("cache", 60, T + 1, T + 10_000), point("thought", 5, T, T + 10_000));
    const same = points(point("input", 100, T, T + 20_000), point("cache", 60, T + 1, T + 20_000), point("thought", 5, T, T + 20_000));
    const more = points(point("input", 150, T, T + 30_000), point("cache", 100, T + 1, T + 30_000), point("thought", 9, T, T + 30_000));
    const anew = points(point("input", 7, T + 90_000, T + 99_000), point("cache", 0, T + 90_000, T + 99_000));
    for (const bodies of [[first, same, more, anew], [anew, more, same, first], [more], [more, more]]) {
      const resumed = bodies.includes(anew) ? 7 : 0;
      assert.deepEqual((await takeIn(bodies)).tokens(), { input: 50 + resumed, cacheRead: 100, reasoning: 9 });
    }
  });
});

const idsOf = (drafts: readonly Draft[]) => new Set(drafts.map((draft) => `${draft.name} ${buildEvent(draft, "agt").event["id"]}`));

describe("whatever arrives", () => {
  test("the order of records and how they are packed into bodies do not change what they are", () => {
    for (const run of ["gemini-cli/error-retry", "gemini-cli/denied-by-hook"]) {
      for (const path of bodiesOf(run)) {
        const batch = readBatch(path);
        const whole = idsOf(translate(batch).drafts);
        fc.assert(
          fc.property(fc.shuffledSubarray([...batch.records], { minLength: batch.records.length }), fc.nat(), (records, cut) => {
            const at = batch.signal === "metrics" ? records.length : cut % (records.length + 1);
            const parts = [records.slice(0, at), records.slice(at)].map((part) => ({ signal: batch.signal, records: part }) as OtlpBatch);
            assert.deepEqual(idsOf(parts.flatMap((part) => translate(part).drafts)), whole);
          }),
          { numRuns: 5 },
        );
      }
    }
  });

  const events = [
    "config",
    "user_prompt",
    "api_response",
    "api_error",
    "tool_call",
    "file_operation",
    "agent.finish",
    "chat_compression",
    "hook_call",
  ];
  const value = fc.oneof(fc.string(), fc.json(), fc.double(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 2 }));
  const counts = [
    "input_token_count",
    "output_token_count",
    "tool_token_count",
    "total_token_count",
    "tokens_before",
    "duration_ms",
    "lines",
  ];
  const words = [
    "response_text",
    "function_args",
    "function_name",
    "metadata",
    "hook_input",
    "hook_event_name",
    "prompt_id",
    "decision",
    "success",
  ];
  const garbage = fc.dictionary(fc.constantFrom(...counts, ...words, "event.timestamp", "session.id", "status_code", "type"), value);

  test("no record breaks the translator", () => {
    const broken = (batch: OtlpBatch) => translate(batch).refused.filter(({ reason }) => reason.includes("cannot read this record"));
    const event = fc.constantFrom(...events);
    fc.assert(
      fc.property(event, garbage, fc.option(fc.integer({ min: 1, max: 1e14 })), (name, attributes, timeMs) => {
        const record = log(`gemini_cli.${name}`, { function_name: "replace", success: true, ...attributes }, { timeMs });
        const point = {
          metric: "gemini_cli.token.usage",
          unit: "",
          kind: "sum",
          temporality: "cumulative",
          startNano: "0",
          timeNano: "0",
          count: 0,
        };
        const metric = { ...record, ...point, startMs: timeMs, value: timeMs ?? Number.NaN } as unknown as MetricPoint;
        assert.deepEqual(broken({ signal: "logs", records: [record] }), []);
        assert.deepEqual(broken({ signal: "metrics", records: [metric] }), []);
      }),
    );
  });

  test("no text of a person or a tool leaves its place", () => {
    const secret = "Xq7-secret";
    const text = Object.fromEntries(
      ["prompt", "error", "error.message", "request_text", "user.email", "stdout", "stderr"].map((key) => [key, secret]),
    );
    const json = {
      response_text: JSON.stringify([{ candidates: [{ content: { parts: [{ text: secret }] } }] }]),
      function_args: JSON.stringify({ file_path: secret, old_string: secret }),
      hook_input: JSON.stringify({ reason: secret, prompt: secret }),
      metadata: JSON.stringify({ submittedOutput: secret }),
    };
    const resource = { ...RESOURCE, "process.command_args": ["gemini", "-p", secret] };
    for (const name of events) {
      const attributes = { ...text, ...json, function_name: "replace", success: true, hook_event_name: "SessionEnd", input_token_count: 1 };
      const drafts = told(log(`gemini_cli.${name}`, attributes, { resource }));
      assert.ok(drafts.length > 0);
      for (const { content: _, ...draft } of drafts) assert.ok(!JSON.stringify(draft).includes(secret), name);
    }
  });
});
