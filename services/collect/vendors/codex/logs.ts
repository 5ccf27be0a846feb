import type { LogRecord } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell, tellStarted } from "../tell.ts";
import { asName, contentOf, id, name, present, size, text, timeOf } from "../values.ts";
import { apiError, streamError } from "./errors.ts";
import { agentsCommunicated } from "./subagents.ts";
import { REDACTED, type Threads, threadsOf } from "./threads.ts";
import { toolCalled, toolDecided } from "./tools.ts";
import { costOfTurn, usageOfLog } from "./usage.ts";
import { codexSaid, VENDOR } from "./vendor.ts";

type Read = (said: Said, found: Findings, record: LogRecord, threads: Threads) => void;

/** By event. What is not here carries nothing for us: start-up phases, time to first token, internals. */
const EVENTS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["codex.conversation_starts", conversationStarts],
  ["codex.user_prompt", prompt],
  ["codex.sse_event", serverEvent],
  ["codex.api_request", apiError],
  ["codex.websocket_connect", apiError],
  ["codex.websocket_request", apiError],
  ["codex.tool_decision", started(toolDecided)],
  ["codex.tool_result", started(toolCalled)],
  ["codex.turn_cost", (said, found, record) => costOfTurn(said, record, found)],
  ["codex.agent_communication", agentsCommunicated],
]);

/** Codex names the event in an attribute; the record's own event name is a line of its source code. */
export function readLog(record: LogRecord, found: Findings, body: readonly LogRecord[]): void {
  const { attributes } = record;
  const event = text(attributes, "event.name") ?? "";
  const read = EVENTS.get(event);
  if (!read) {
    found.ignore(asName(event) ?? "codex log without event.name");
    return;
  }
  const timeMs = timeOf(record.timeMs, attributes);
  if (timeMs === null) {
    found.refuse("the record has no time; send observedTimeUnixNano or event.timestamp", "/observedTimeUnixNano", record);
    return;
  }
  const sessionId = id(attributes, "conversation.id", "receiver_thread_id");
  if (sessionId === undefined) {
    found.refuse("the record names no conversation; send conversation.id", "/attributes/conversation.id", record);
    return;
  }
  const agent = name(attributes, "agent_name");
  const subagentId = agent === "/root" ? undefined : agent;
  read(codexSaid(record, timeMs, timeMs, { sessionId, subagentId }), found, record, threadsOf(body));
}

function conversationStarts(said: Said, found: Findings, _record: LogRecord, { helpers }: Threads): void {
  if (helpers.has(said.sessionId)) found.ignore("codex.conversation_starts of a helper thread");
  else tellStarted(said, found, VENDOR, "service.version");
}

function prompt(said: Said, found: Findings, _record: LogRecord, { helpers }: Threads): void {
  if (helpers.has(said.sessionId)) {
    found.ignore("codex.user_prompt of a helper thread");
    return;
  }
  tellStarted(said, found, VENDOR, "service.version");
  const written = text(said.attributes, "prompt");
  tell(said, found, {
    name: "session.prompt.submitted",
    identity: [said.sessionId, text(said.attributes, "event.timestamp") ?? ""],
    data: present({ ...said.base, length: size(said.attributes, "prompt_length") }),
    content: contentOf(["prompt", written === REDACTED ? undefined : written]),
  });
}

/** One record for every piece of a streamed answer. The last comes twice, and only its second copy has the counts. */
function serverEvent(said: Said, found: Findings, record: LogRecord, threads: Threads): void {
  const { attributes } = said;
  if (attributes["input_token_count"] !== undefined || attributes["output_token_count"] !== undefined) {
    const helper = threads.helpers.has(said.sessionId) ? "auxiliary" : undefined;
    usageOfLog(said, record, helper ?? (threads.subagents.has(said.sessionId) ? "subagent" : undefined), found);
  } else if (attributes["event.kind"] === "response.completed" && text(attributes, "error.message") !== undefined) {
    streamError(said, found);
  } else found.ignore("codex.sse_event without counts");
}

/** Tools are called by agents at work and by no helper thread, so they tell that the session exists. */
function started(read: (said: Said, found: Findings) => void): Read {
  return (said, found) => {
    tellStarted(said, found, VENDOR, "service.version");
    read(said, found);
  };
}
