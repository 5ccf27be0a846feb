import type { Attributes } from "../../otlp/model.ts";
import { amount, firstText, text } from "../values.ts";
import { INPUT, OUTPUT, REQUEST_MODEL, RESPONSE_MODEL } from "./names.ts";

/** What a span stands for. `other` belongs to an agent's work but says nothing we keep; null is not about AI at all. */
export type SpanKind = "call" | "tool" | "agent" | "other" | null;

const OPERATIONS: Readonly<Record<string, SpanKind>> = {
  chat: "call",
  text_completion: "call",
  completion: "call",
  generate_content: "call",
  responses: "call",
  embeddings: "call",
  embedding: "call",
  call_llm: "call",
  execute_tool: "tool",
  invoke_agent: "agent",
};

const OPENINFERENCE: Readonly<Record<string, SpanKind>> = { LLM: "call", EMBEDDING: "call", TOOL: "tool", AGENT: "agent" };

const TRACELOOP: Readonly<Record<string, SpanKind>> = { llm: "call", tool: "tool", agent: "agent" };

/**
 * By what the span says of itself. Agents, chains and workflows repeat the sums of the calls below them, so tokens are
 * only ever read from calls: a span that names no operation is one when it has both a model and tokens.
 */
export function kindOf(attributes: Attributes): SpanKind {
  const operation = text(attributes, "gen_ai.operation.name");
  if (operation !== undefined) return OPERATIONS[operation] ?? "other";
  const inference = text(attributes, "openinference.span.kind");
  if (inference !== undefined) return OPENINFERENCE[inference.toUpperCase()] ?? "other";
  if (text(attributes, "llm.request.type") !== undefined) return "call";
  const traceloop = text(attributes, "traceloop.span.kind");
  if (traceloop !== undefined) return TRACELOOP[traceloop] ?? "other";
  if (hasTokens(attributes)) return firstText(attributes, ...RESPONSE_MODEL, ...REQUEST_MODEL) === undefined ? "other" : "call";
  if (text(attributes, "gen_ai.tool.name") !== undefined) return "tool";
  return Object.keys(attributes).some((key) => key.startsWith("gen_ai.")) ? "other" : null;
}

export const hasTokens = (attributes: Attributes): boolean => amount(attributes, ...INPUT, ...OUTPUT) !== undefined;
