import type { Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { modelCall } from "../genai/call.ts";
import { lastText } from "../genai/messages.ts";
import { type Said, saidBy, tell, tellStarted } from "../tell.ts";
import { asName, contentOf, id, name, present, text } from "../values.ts";
import { toolCalled } from "./tools.ts";

export const VENDOR = "copilot-cli";

/** Everything is in spans: Copilot sends no logs, and its metrics know no session. */
export function readSpan(span: Span, found: Findings): void {
  const operation = text(span.attributes, "gen_ai.operation.name");
  if (operation !== "chat" && operation !== "execute_tool" && operation !== "invoke_agent") {
    found.ignore(asName(operation) ?? "unnamed span");
    return;
  }
  if (span.startMs === 0) {
    found.refuse("the span has no start; send startTimeUnixNano", "/startTimeUnixNano", span);
    return;
  }
  const said = saidBy(VENDOR, span, span.endMs, {
    sessionId: id(span.attributes, "gen_ai.conversation.id"),
    promptId: id(span.attributes, "github.copilot.interaction_id") ?? interactionOf(span),
  });
  tellStarted({ ...said, timeMs: span.startMs }, found, VENDOR, "service.version");
  if (operation === "chat") chat(said, span, found);
  else if (operation === "execute_tool") toolCalled(said, span, found);
  else if (span.parentSpanId === "") prompt(said, span, found);
  else subagent(said, span, found);
}

/** One call to the model. Each attempt is a span of its own. */
function chat(said: Said, span: Span, found: Findings): void {
  const source = text(said.attributes, "github.copilot.initiator") === "sub-agent" ? "subagent" : "main";
  const durationMs = span.endMs - span.startMs;
  modelCall(said, span, { signal: "span", name: "chat", fallbackKey: `span:${span.spanId}`, source, durationMs }, found);
}

/** A prompt's own span names the interaction only in the event of the user's message. */
function interactionOf(span: Span): string | undefined {
  const message = span.events.find((event) => event.name === "github.copilot.user.message");
  return message && id(message.attributes, "github.copilot.user.message.interaction_id");
}

/** One root span for each prompt. Its token counts repeat those of its calls. */
function prompt(said: Said, span: Span, found: Findings): void {
  const identity = [said.sessionId, span.spanId];
  const asked = lastText(text(said.attributes, "gen_ai.input.messages"), "user");
  tell(said, found, {
    name: "session.prompt.submitted",
    identity,
    timeMs: span.startMs,
    data: present({ ...said.base, length: asked?.length }),
    content: contentOf(["prompt", asked]),
  });
  const answered = lastText(text(said.attributes, "gen_ai.output.messages"), "assistant");
  if (answered === undefined) return;
  const data = { ...said.base, length: answered.length };
  tell(said, found, { name: "session.response.produced", identity, data, content: contentOf(["response", answered]) });
}

function subagent(said: Said, span: Span, found: Findings): void {
  const failed = span.status.code === 2;
  tell(said, found, {
    name: "session.subagent.finished",
    identity: [said.sessionId, span.spanId],
    data: present({
      ...said.base,
      subagentId: id(said.attributes, "gen_ai.agent.id") ?? span.spanId,
      name: name(said.attributes, "gen_ai.agent.name"),
      outcome: failed ? "failed" : "ok",
      durationMs: span.endMs - span.startMs,
    }),
  });
}
