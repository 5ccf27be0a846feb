import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSound, dataOf } from "../../testing/check-drafts.ts";
import { countUsage, totalOf } from "../../testing/count-usage.ts";
import { type PlainSpan, spans } from "../../testing/otlp-json.ts";
import type { OtlpBatch } from "../otlp/model.ts";
import { translate } from "../translate.ts";

const used = (...batches: OtlpBatch[]) => {
  const { tokens } = totalOf(countUsage(batches.map(translate)));
  return Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== 0));
};
const usageOf = (batch: OtlpBatch) => dataOf(assertSound([translate(batch)]), "session.usage.recorded");
const chat = (attributes: PlainSpan["attributes"], rest: Partial<PlainSpan> = {}): PlainSpan => ({ name: "chat", attributes, ...rest });

test("an agent that nobody knows: session, turns, calls, tools and sub-agents from OpenTelemetry's names", () => {
  const conversation = { "gen_ai.conversation.id": "conv-1", "gen_ai.provider.name": "openai" };
  const call = {
    ...conversation,
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-6",
    "gen_ai.response.model": "gpt-6-2026-08-01",
  };
  const batch = spans("night-shift", [
    {
      name: "invoke_agent coder",
      id: "f",
      // The sum of both calls, repeated.
      attributes: {
        ...conversation,
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.usage.input_tokens": 3_000,
        "gen_ai.usage.output_tokens": 500,
      },
    },
    chat(
      {
        ...call,
        "gen_ai.response.id": "r1",
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.output_tokens": 200,
        "gen_ai.usage.cache_read.input_tokens": 600,
        "gen_ai.usage.cache_creation.input_tokens": 100,
        "gen_ai.usage.reasoning.output_tokens": 50,
        feature: "checkout",
      },
      { parent: "f" },
    ),
    {
      name: "execute_tool grep",
      parent: "f",
      attributes: { ...conversation, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "grep", "gen_ai.tool.call.id": "call-1" },
    },
    {
      name: "invoke_agent helper",
      parent: "f",
      attributes: { ...conversation, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper" },
    },
    chat({ ...call, "gen_ai.response.id": "r2", "gen_ai.usage.input_tokens": 2_000, "gen_ai.usage.output_tokens": 300 }, { parent: "f" }),
  ]);
  assert.deepEqual(used(batch), { input: 300 + 2_000, cacheRead: 600, cacheWriteOther: 100, output: 150 + 300, reasoning: 50 });

  const drafts = assertSound([translate(batch)]);
  assert.ok(drafts.every(({ vendor }) => vendor === "night-shift"));
  assert.deepEqual(dataOf(drafts, "session.started"), [{ sessionId: "conv-1", harness: "night-shift", harnessVersion: "3.1" }]);
  const trace = "a1".padStart(32, "0");
  assert.deepEqual(dataOf(drafts, "session.prompt.submitted"), [{ sessionId: "conv-1", promptId: trace }]);
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, callId, outcome, durationMs }) => [tool, callId, outcome, durationMs]),
    [["grep", "call-1", "ok", 100]],
  );
  assert.deepEqual(
    dataOf(drafts, "session.subagent.finished").map(({ name }) => name),
    ["helper"],
  );
  const [first] = dataOf(drafts, "session.usage.recorded");
  assert.deepEqual(
    [first?.["provider"], first?.["model"], first?.["requestModel"], first?.["promptTokens"], first?.["convention"], first?.["quality"]],
    ["openai", "gpt-6-2026-08-01", "gpt-6", 1_000, "inclusive", "exact"],
  );
  assert.equal(drafts.find(({ data }) => data["requestId"] === "r1")?.attribution?.feature, "checkout");
});

test("old names, no operation, no conversation: a span with a model and tokens is a call, its trace the session", () => {
  const batch = spans("old-agent", [
    chat({
      "gen_ai.system": "anthropic",
      "gen_ai.request.model": "claude-3",
      "gen_ai.usage.prompt_tokens": 10,
      "gen_ai.usage.completion_tokens": 4,
    }),
    // An agent's span of a library that names neither operation nor model.
    chat({ agent_name: "a", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 4 }),
  ]);
  assert.deepEqual(used(batch), { input: 10, output: 4 });
  const [usage] = usageOf(batch);
  assert.deepEqual([usage?.["sessionId"], usage?.["provider"], usage?.["model"]], ["a1".padStart(32, "0"), "anthropic", "claude-3"]);
});

test("every operation that calls a model counts; what only repeats its calls does not", () => {
  const tokens = { "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1 };
  const counted = ["chat", "text_completion", "generate_content", "embeddings"];
  const repeated = ["invoke_agent", "create_agent", "invoke_workflow", "execute_tool", "plan"];
  const batch = spans(
    "a",
    [...counted, ...repeated].map((operation) => chat({ ...tokens, "gen_ai.operation.name": operation })),
  );
  assert.deepEqual(used(batch), { input: counted.length });
});

test("OpenInference: only LLM and EMBEDDING spans count, chains and agents repeat them", () => {
  const counts = { "llm.token_count.prompt": 900, "llm.token_count.completion": 80, "llm.token_count.total": 980, "session.id": "s-9" };
  const batch = spans("phoenix-app", [
    { name: "run", attributes: { ...counts, "openinference.span.kind": "CHAIN" } },
    { name: "agent", attributes: { ...counts, "openinference.span.kind": "AGENT", "input.value": "Fix it" } },
    {
      name: "ChatOpenAI",
      parent: "2",
      attributes: {
        ...counts,
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-6",
        "llm.provider": "openai",
        "llm.token_count.prompt_details.cache_read": 400,
        "llm.token_count.completion_details.reasoning": 30,
        "llm.cost.total": 0.0125,
      },
    },
    {
      name: "search",
      parent: "2",
      attributes: { "openinference.span.kind": "TOOL", "tool.name": "search", "session.id": "s-9" },
      failed: true,
    },
  ]);
  assert.deepEqual(used(batch), { input: 500, cacheRead: 400, output: 50, reasoning: 30 });
  const drafts = assertSound([translate(batch)]);
  assert.deepEqual(
    dataOf(drafts, "session.usage.recorded").map(({ sessionId, model, provider, reportedCost }) => [
      sessionId,
      model,
      provider,
      reportedCost,
    ]),
    [["s-9", "gpt-6", "openai", "0.0125"]],
  );
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, outcome }) => [tool, outcome]),
    [["search", "failed"]],
  );
  assert.deepEqual(drafts.find(({ name }) => name === "session.prompt.submitted")?.content, [{ kind: "prompt", text: "Fix it" }]);
});

test("OpenLLMetry: calls by request type, tools and agents by kind", () => {
  const session = { "traceloop.association.properties.session_id": "t-1" };
  const batch = spans("traceloop-app", [
    { name: "flow", attributes: { ...session, "traceloop.span.kind": "workflow", "llm.usage.total_tokens": 60 } },
    {
      name: "openai.chat",
      parent: "1",
      attributes: {
        ...session,
        "llm.request.type": "chat",
        "gen_ai.system": "OpenAI",
        "gen_ai.request.model": "gpt-6",
        "gen_ai.usage.prompt_tokens": 50,
        "gen_ai.usage.completion_tokens": 10,
        "llm.usage.total_tokens": 60,
      },
    },
    { name: "lookup.tool", parent: "1", attributes: { ...session, "traceloop.span.kind": "tool", "traceloop.entity.name": "lookup" } },
  ]);
  assert.deepEqual(used(batch), { input: 50, output: 10 });
  assert.deepEqual(
    dataOf(assertSound([translate(batch)]), "session.tool.called").map(({ tool, sessionId }) => [tool, sessionId]),
    [["lookup", "t-1"]],
  );
});
