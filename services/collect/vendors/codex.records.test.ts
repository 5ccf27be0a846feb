import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { logRecord } from "../../testing/log-record.ts";
import { takeIn } from "../../testing/take-in.ts";
import type { Attributes, LogRecord, MetricPoint } from "../otlp/model.ts";
import { translate } from "../translate.ts";

const RESOURCE = { "service.name": "codex_cli_rs", "service.version": "0.169.0" };
const MOMENT = Date.parse("2026-11-21T10:00:00.000Z");

function log(event: string, attributes: Attributes, more: Partial<LogRecord> = {}): LogRecord {
  const common = { "event.name": event, "event.timestamp": "2026-11-21T10:00:00.000Z", "conversation.id": "c1" };
  return logRecord(RESOURCE, "codex_otel.log_only", { ...common, ...attributes }, more);
}

const call = (counts: Attributes, more: Attributes = {}) =>
  log("codex.sse_event", { "event.kind": "response.completed", model: "gpt-5.5", ...counts, ...more });

const told = (...records: LogRecord[]) => translate({ signal: "logs", records });

describe("a model call in a log", () => {
  test("has its counts as text or as numbers, and cache writes apart", () => {
    const { drafts } = told(
      call({
        input_token_count: "1000",
        cached_token_count: 300,
        cache_write_token_count: "200",
        output_token_count: "50",
        reasoning_token_count: 20,
      }),
    );
    assert.deepEqual(drafts[0]?.data["tokens"], { input: 500, cacheRead: 300, cacheWriteOther: 200, output: 30, reasoning: 20 });
    assert.equal(drafts[0]?.data["promptTokens"], 1_000);
  });

  test("counts twice when it happened twice with equal counts, and once when its record came twice", async () => {
    const counts = { input_token_count: "100", output_token_count: "5" };
    const again = { "event.timestamp": "2026-11-21T10:00:00.001Z" };
    const { drafts } = told(call(counts), call(counts, again), call(counts), call(counts, { "conversation.id": "c2" }));
    const taken = await takeIn([drafts, drafts]);
    assert.deepEqual(taken.tokens(), { input: 300, output: 15 });
    assert.deepEqual(taken.tokens("c1"), { input: 200, output: 10 });
  });

  test("with counts that are no numbers, without conversation or without time is kept aside", () => {
    for (const record of [
      call({ input_token_count: "many", output_token_count: "5" }),
      call({ input_token_count: "100", "conversation.id": null }),
      { ...call({ input_token_count: "100", "event.timestamp": null }), timeMs: null },
    ]) {
      const { drafts, refused } = told(record);
      assert.equal(drafts.length, 0);
      assert.equal(refused.length, 1);
    }
  });

  test("with negative counts is refused by ingest and counts nothing", async () => {
    const taken = await takeIn([told(call({ input_token_count: "-100", output_token_count: "5" })).drafts]);
    assert.deepEqual(taken.tokens(), {});
    assert.equal(taken.refused.length, 1);
  });

  test("of a model that is not OpenAI's names no provider", () => {
    const { drafts } = told(call({ input_token_count: "1", model: "my-own-model" }));
    assert.equal("provider" in (drafts[0]?.data ?? {}), false);
  });
});

describe("sub-agents", () => {
  const spawn = (state: string, more: Attributes = {}) =>
    log("codex.agent_communication", {
      "conversation.id": null,
      communication_id: "m1",
      kind: "spawn",
      state,
      sender_thread_id: "root",
      receiver_thread_id: "sub",
      content: "Read src/price.js and report the bug.",
      ...more,
    });

  test("are sessions of their own with a parent, and the parent hears of their end", async () => {
    const records = [
      spawn("send"),
      spawn("receive"),
      call({
        input_token_count: "6100",
        cached_token_count: 4096,
        output_token_count: "30",
        reasoning_token_count: 8,
        "conversation.id": "sub",
      }),
      spawn("send", { kind: "result", communication_id: "m2", sender_thread_id: "sub", receiver_thread_id: "root" }),
    ];
    const taken = await takeIn([told(...records).drafts]);
    assert.deepEqual(
      taken.of("session.started").map(({ data }) => [data["sessionId"], data["parentId"]]),
      [["sub", "root"]],
    );
    assert.deepEqual(
      taken.of("session.subagent.finished").map(({ data }) => [data["sessionId"], data["subagentId"]]),
      [["root", "sub"]],
    );
    assert.deepEqual(
      taken.of("session.usage.recorded").map(({ data }) => [data["source"], data["tokens"]]),
      [["subagent", { input: 2_004, cacheRead: 4_096, output: 22, reasoning: 8 }]],
    );
  });

  test("name themselves on their tools", () => {
    const { drafts } = told(
      log("codex.tool_result", { tool_name: "exec_command", call_id: "1", success: "true", agent_name: "/root/review" }),
    );
    assert.equal(drafts.find(({ name }) => name === "session.tool.called")?.data["subagentId"], "/root/review");
  });
});

describe("helper threads without their prompts", () => {
  const starts = (more: Attributes = {}) =>
    log("codex.conversation_starts", {
      originator: "codex-tui",
      "app.version": "0.169.0",
      sandbox_policy: "read-only",
      mcp_servers: "",
      ...more,
    });
  const prompt = (text: string) => log("codex.user_prompt", { prompt: text, prompt_length: "446" });
  const names = (...records: LogRecord[]) => told(...records).drafts.map(({ name }) => name);

  test("are known by how they start", () => {
    assert.deepEqual(names(starts(), prompt("[REDACTED]")), []);
  });

  test("are not mistaken for threads of people", () => {
    const told = ["session.started", "session.prompt.submitted"];
    assert.deepEqual(names(starts(), prompt("Look around, touch nothing")), told);
    assert.deepEqual(names(starts({ mcp_servers: "codex_tui" }), prompt("[REDACTED]")), told);
    assert.deepEqual(names(starts({ "app.version": "0.99.0" }), prompt("[REDACTED]")), told);
    assert.deepEqual(names(starts({ originator: "codex_exec" }), prompt("[REDACTED]")), told);
  });
});

describe("metrics", () => {
  const point = (type: string, value: number, more: Partial<MetricPoint> = {}): MetricPoint => ({
    resource: RESOURCE,
    scope: { name: "codex", version: "" },
    metric: "codex.turn.token_usage",
    unit: "",
    kind: "histogram",
    temporality: "delta",
    attributes: { token_type: type, model: "gpt-5.5" },
    startNano: String(BigInt(MOMENT) * 1_000_000n),
    timeNano: String(BigInt(MOMENT + 60_000) * 1_000_000n),
    startMs: MOMENT,
    timeMs: MOMENT + 60_000,
    value,
    count: 1,
    ...more,
  });
  const points = (...records: MetricPoint[]) => translate({ signal: "metrics", records }).drafts;

  test("of a day with logs are a check only, of a day without they count", async () => {
    const dayBefore = MOMENT - 86_400_000;
    const earlier = point("input", 70, { startMs: dayBefore, timeMs: dayBefore, startNano: "1", timeNano: "2" });
    const taken = await takeIn([points(earlier), points(point("input", 100)), told(call({ input_token_count: "100" })).drafts]);
    assert.deepEqual(taken.tokens(), { input: 170 });
  });

  test("torn in two by a relay never count the same tokens twice", async () => {
    const taken = await takeIn([points(point("input", 100)), points(point("cached_input", 60))]);
    assert.deepEqual(taken.tokens(), { input: 100 });
  });
});
