import type { Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, saidBy, tell, tellStarted } from "../tell.ts";
import { asName, contentOf, firstText, id, name, present, text } from "../values.ts";
import { modelCall } from "./call.ts";
import { kindOf } from "./kind.ts";
import { lastText } from "./messages.ts";
import { AGENT, PROMPT, RESPONSE, SESSION, TOOL, TOOL_CALL, TOOL_INPUT, TOOL_OUTPUT } from "./names.ts";

export function readSpan(vendor: string, span: Span, found: Findings): void {
  const kind = kindOf(span.attributes);
  if (kind === null || kind === "other") {
    found.ignore(asName(`${span.scope.name || "unnamed scope"} ${kind === null ? "span" : "step"}`) ?? "span");
    return;
  }
  if (span.startMs === 0) {
    found.refuse("the span has no start; send startTimeUnixNano", "/startTimeUnixNano", span);
    return;
  }
  const said = open(vendor, span, found);
  const durationMs = Math.max(0, span.endMs - span.startMs);
  if (kind === "call") {
    const operation = text(span.attributes, "gen_ai.operation.name") ?? "chat";
    modelCall(said, span, { signal: "span", name: operation, fallbackKey: `span:${span.spanId || said.timeMs}`, durationMs }, found);
  } else if (kind === "tool") toolCalled(said, span, durationMs, found);
  else if (span.parentSpanId === "") turn(said, span, found);
  else subagent(said, span, durationMs, found);
}

/**
 * Without a conversation's id, the trace is the session: it is the smallest thing that holds a call and its tools
 * together. With one, a trace is a turn of it.
 */
function open(vendor: string, span: Span, found: Findings): Said {
  const conversation = id(span.attributes, ...SESSION) ?? id(span.resource, ...SESSION);
  const trace = span.traceId === "" ? undefined : span.traceId;
  const said = saidBy(vendor, span, span.endMs, {
    sessionId: conversation ?? trace,
    promptId: conversation === undefined ? undefined : trace,
    claims: span.attributes,
  });
  tellStarted({ ...said, timeMs: span.startMs }, found, vendor, "service.version");
  return said;
}

function toolCalled(said: Said, span: Span, durationMs: number, found: Findings): void {
  const { attributes } = said;
  const callId = id(attributes, ...TOOL_CALL);
  const failed = span.status.code === 2 || text(attributes, "error.type") !== undefined;
  const input = firstText(attributes, ...TOOL_INPUT);
  const output = firstText(attributes, ...TOOL_OUTPUT);
  tell(said, found, {
    name: "session.tool.called",
    identity: [said.sessionId, callId ?? "", span.spanId],
    data: present({
      ...said.base,
      tool: name(attributes, ...TOOL) ?? asName(span.name) ?? "unknown",
      callId,
      outcome: failed ? "failed" : "ok",
      durationMs,
      inputBytes: input === undefined ? undefined : Buffer.byteLength(input),
      outputBytes: output === undefined ? undefined : Buffer.byteLength(output),
      mcpServer: name(attributes, "mcp.server.name", "server.name"),
    }),
    content: contentOf(["tool_input", input], ["tool_output", output]),
  });
}

/** An agent's span without a parent is one prompt and its answer. Its token counts repeat those of its calls. */
function turn(said: Said, span: Span, found: Findings): void {
  const identity = [said.sessionId, span.spanId];
  const asked = lastText(firstText(said.attributes, ...PROMPT), "user");
  tell(said, found, {
    name: "session.prompt.submitted",
    identity,
    timeMs: span.startMs,
    data: present({ ...said.base, length: asked?.length }),
    content: contentOf(["prompt", asked]),
  });
  const answered = lastText(firstText(said.attributes, ...RESPONSE), "assistant");
  if (answered === undefined) return;
  const data = { ...said.base, length: answered.length };
  tell(said, found, { name: "session.response.produced", identity, data, content: contentOf(["response", answered]) });
}

function subagent(said: Said, span: Span, durationMs: number, found: Findings): void {
  tell(said, found, {
    name: "session.subagent.finished",
    identity: [said.sessionId, span.spanId],
    data: present({
      ...said.base,
      subagentId: id(said.attributes, "gen_ai.agent.id") ?? asName(span.spanId),
      name: name(said.attributes, ...AGENT) ?? asName(span.name),
      outcome: span.status.code === 2 ? "failed" : "ok",
      durationMs,
    }),
  });
}
