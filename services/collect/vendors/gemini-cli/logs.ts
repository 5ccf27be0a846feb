import type { LogRecord } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { errorName, httpStatus } from "../errors.ts";
import { type Said, tell, tellStarted } from "../tell.ts";
import { asName, contentOf, count, id, name, present, size, text, timeOf } from "../values.ts";
import { fileOperated, toolCalled } from "./tools.ts";
import { usageOfLog } from "./usage.ts";
import { jsonIn, objectIn, readSaid, VENDOR } from "./vendor.ts";

type Read = (said: Said, found: Findings, record: LogRecord) => void;

/**
 * By event. What is not here carries nothing for us: start-up figures, routing, hooks, and requests, whose every copy has
 * the whole conversation. `gen_ai.client.inference.operation.details` repeats what `api_response` said.
 */
const EVENTS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["gemini_cli.config", () => {}],
  ["gemini_cli.user_prompt", prompt],
  ["gemini_cli.api_response", responded],
  ["gemini_cli.api_error", apiError],
  ["gemini_cli.tool_call", toolCalled],
  ["gemini_cli.file_operation", fileOperated],
  ["gemini_cli.agent.finish", subagentFinished],
  ["gemini_cli.chat_compression", compressed],
  ["gemini_cli.hook_call", hookCalled],
]);

export function readLog(record: LogRecord, found: Findings): void {
  const event = text(record.attributes, "event.name") ?? "";
  const read = EVENTS.get(event);
  if (!read) {
    found.ignore(asName(event) ?? "gemini-cli log without event.name");
    return;
  }
  const timeMs = timeOf(record.timeMs, record.attributes);
  if (timeMs === null) {
    found.refuse("the record has no time; send timeUnixNano or event.timestamp", "/timeUnixNano", record);
    return;
  }
  const said = readSaid(record, timeMs);
  // The service's version is that of Node; nothing tells the agent's.
  tellStarted(said, found, VENDOR);
  read(said, found, record);
}

function prompt(said: Said, found: Findings): void {
  const { attributes } = said;
  tell(said, found, {
    name: "session.prompt.submitted",
    identity: [said.sessionId, said.base.promptId ?? "", moment(said)],
    data: present({ ...said.base, length: size(attributes, "prompt_length") }),
    content: contentOf(["prompt", text(attributes, "prompt")]),
  });
}

function responded(said: Said, found: Findings, record: LogRecord): void {
  usageOfLog(said, record, found);
  const written = answerIn(jsonIn(said.attributes, "response_text"));
  if (written === "") return;
  tell(said, found, {
    name: "session.response.produced",
    identity: [said.sessionId, said.base.promptId ?? "", moment(said), String(size(said.attributes, "duration_ms"))],
    data: present({ ...said.base, length: written.length, model: name(said.attributes, "model") }),
    content: contentOf(["response", written]),
  });
}

/** The text of a streamed answer, without thoughts and calls of tools. */
function answerIn(chunks: unknown): string {
  if (!Array.isArray(chunks)) return "";
  const parts = (chunks as { candidates?: { content?: { parts?: { thought?: unknown; text?: unknown }[] } }[] }[]).flatMap(
    (chunk) => chunk?.candidates?.[0]?.content?.parts ?? [],
  );
  return parts.map((part) => (part?.thought !== true && typeof part?.text === "string" ? part.text : "")).join("");
}

/** One record for every attempt. Retries say nothing else, and a stream that breaks is not logged at all. */
function apiError(said: Said, found: Findings): void {
  const { attributes } = said;
  const status = httpStatus(count(attributes, "status_code", "http.status_code"));
  tell(said, found, {
    name: "session.error.raised",
    identity: [said.sessionId, said.base.promptId ?? "", moment(said), String(status), String(size(attributes, "duration_ms"))],
    data: present({
      ...said.base,
      error: errorName(status, "api_error"),
      status,
      model: name(attributes, "model"),
      durationMs: size(attributes, "duration_ms"),
    }),
    content: contentOf(["error", text(attributes, "error.message") ?? text(attributes, "error")]),
  });
}

function subagentFinished(said: Said, found: Findings): void {
  const { attributes } = said;
  tell(said, found, {
    name: "session.subagent.finished",
    identity: [said.sessionId, said.base.subagentId ?? "", moment(said)],
    data: present({
      ...said.base,
      name: name(attributes, "agent_name"),
      outcome: name(attributes, "terminate_reason")?.toLowerCase(),
      durationMs: size(attributes, "duration_ms"),
    }),
  });
}

function compressed(said: Said, found: Findings): void {
  tell(said, found, {
    name: "session.context.compacted",
    identity: [said.sessionId, moment(said)],
    data: present({
      ...said.base,
      tokensBefore: size(said.attributes, "tokens_before"),
      tokensAfter: size(said.attributes, "tokens_after"),
    }),
  });
}

/** Telemetry has no end of a session; whoever runs a hook at the end has one. Of its input only the reason is taken. */
function hookCalled(said: Said, found: Findings): void {
  if (text(said.attributes, "hook_event_name") !== "SessionEnd") {
    found.ignore("gemini_cli.hook_call");
    return;
  }
  const given = objectIn(said.attributes, "hook_input")["reason"];
  const reason = typeof given === "string" && /^[a-z_]{1,40}$/.test(given) ? given : undefined;
  tell(said, found, {
    name: "session.ended",
    identity: [said.sessionId, moment(said), id(said.attributes, "hook_name") ?? ""],
    data: present({ ...said.base, outcome: "completed", reason }),
  });
}

const moment = ({ attributes }: Said): string => text(attributes, "event.timestamp") ?? "";
