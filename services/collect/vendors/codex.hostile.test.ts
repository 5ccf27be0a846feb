import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { logRecord } from "../../testing/log-record.ts";
import { bodiesOf, readBatch } from "../../testing/read-capture.ts";
import { buildEvent } from "../build-event.ts";
import type { Draft } from "../draft.ts";
import type { Attributes, LogRecord, MetricPoint, OtlpBatch, Span } from "../otlp/model.ts";
import { translate } from "../translate.ts";

const RESOURCE = { "service.name": "codex_cli_rs", "service.version": "0.169.0" };

function log(event: string, attributes: Attributes, more: Partial<LogRecord> = {}): LogRecord {
  const common = { "event.name": event, "event.timestamp": "2026-11-21T10:00:00.000Z", "conversation.id": "c1" };
  return logRecord(RESOURCE, "codex_otel.log_only", { ...common, ...attributes }, more);
}

const told = (...records: LogRecord[]) => translate({ signal: "logs", records });

/** The ids that the collector would give, so without anything that depends on when and in which body a record came. */
const idsOf = (drafts: readonly Draft[]) => new Set(drafts.map((draft) => `${draft.name} ${buildEvent(draft, "agt").event["id"]}`));

describe("whatever arrives", () => {
  test("the order of records and how they are packed into bodies do not change what they are", () => {
    for (const run of ["codex/fix-json", "codex/tui-daemon", "codex/error-retry"]) {
      for (const path of bodiesOf(run)) {
        const batch = readBatch(path);
        const whole = idsOf(translate(batch).drafts);
        const packed = fc.tuple(fc.shuffledSubarray([...batch.records], { minLength: batch.records.length }), fc.nat());
        fc.assert(
          fc.property(packed, ([records, cut]) => {
            const at = batch.signal === "metrics" ? records.length : cut % (records.length + 1);
            const parts = [records.slice(0, at), records.slice(at)].map((part) => ({ signal: batch.signal, records: part }) as OtlpBatch);
            assert.deepEqual(idsOf(parts.flatMap((part) => translate(part).drafts)), whole);
          }),
          { numRuns: 5 },
        );
      }
    }
  });

  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.integer().map(String),
  );
  const keys = [
    "input_token_count",
    "output_token_count",
    "cached_token_count",
    "call_id",
    "arguments",
    "output",
    "success",
    "decision",
    "attempt",
  ];
  const more = [
    "http.response.status_code",
    "error.message",
    "event.timestamp",
    "conversation.id",
    "turn.id",
    "usage.estimated_usd",
    "app.version",
  ];
  const garbage = fc.dictionary(fc.constantFrom(...keys, ...more, "token_type", "mcp_servers", "originator", "model"), value);
  const events = ["conversation_starts", "user_prompt", "sse_event", "api_request", "tool_decision", "tool_result", "turn_cost"];
  const event = fc.constantFrom(...events.map((name) => `codex.${name}`), "codex.agent_communication", "other");

  test("no record breaks the translator", () => {
    const broken = (batch: OtlpBatch) => translate(batch).refused.filter(({ reason }) => reason.includes("cannot read this record"));
    fc.assert(
      fc.property(event, garbage, fc.option(fc.integer({ min: 1, max: 1e14 })), (name, attributes, timeMs) => {
        const record = log(name, attributes, { timeMs });
        const span = {
          ...record,
          name: "session_task.turn",
          kind: 1,
          startMs: 0,
          endMs: timeMs ?? 0,
          events: [],
          parentSpanId: "",
        };
        const spans = [span, { ...span, name: "session_loop" }].map((each) => ({ ...each, status: { code: 0, message: "" } })) as Span[];
        const metrics = ["codex.turn.token_usage", "codex.turn.cost_microusd"].map((metric) => ({
          ...record,
          ...{
            metric,
            unit: "",
            kind: "sum",
            temporality: "delta",
            startNano: "0",
            timeNano: "0",
            startMs: timeMs,
            value: timeMs ?? 0,
            count: 1,
          },
        })) as unknown as MetricPoint[];
        assert.deepEqual(broken({ signal: "logs", records: [record] }), []);
        assert.deepEqual(broken({ signal: "traces", records: spans }), []);
        assert.deepEqual(broken({ signal: "metrics", records: metrics }), []);
      }),
    );
  });

  test("no text of a person or a tool leaves its place", () => {
    const secret = "Xq7-secret";
    const said = ["prompt", "arguments", "output", "error.message", "content", "user.email", "user.account_id", "auth.request_id"];
    const everything = Object.fromEntries(said.map((key) => [key, `${secret} ${key}`]));
    for (const name of [...events.map((each) => `codex.${each}`), "codex.agent_communication"]) {
      const patch = {
        tool_name: "apply_patch",
        success: "true",
        arguments: `*** Begin Patch\n*** Add File: ${secret}\n+${secret}\n*** End Patch`,
      };
      const threads = { sender_thread_id: "a", receiver_thread_id: "b", kind: "spawn", state: "send" };
      const { drafts } = told(log(name, { ...everything, ...patch, ...threads, "event.kind": "response.completed" }));
      for (const { content: _, ...draft } of drafts) assert.ok(!JSON.stringify(draft).includes(secret), name);
    }
  });
});
