import type { LogRecord } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { errorName, httpStatus } from "../errors.ts";
import { type Said, tell } from "../tell.ts";
import { asName, contentOf, count, flag, id, name, present, size, text, timeOf } from "../values.ts";
import { open, withoutSize } from "./dialect.ts";
import { toolCalled, toolDecided } from "./tools.ts";
import { usageOfLog } from "./usage.ts";

/** @param sequence the record's number inside its process: it restarts, so it names a record only together with the time */
type Read = (said: Said, sequence: string, found: Findings, record: LogRecord) => void;

/** By event. What is not here carries nothing for us: start-up noise, hooks, raw bodies. */
const EVENTS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["api_request", (said, sequence, found, record) => usageOfLog(said, record, sequence, found)],
  ["user_prompt", prompt],
  ["assistant_response", response],
  ["tool_decision", toolDecided],
  ["tool_result", toolCalled],
  ["api_error", apiError],
  ["subagent_completed", subagent],
  ["compaction", compaction],
]);

export function readLog(record: LogRecord, found: Findings): void {
  const event = eventOf(record);
  const read = EVENTS.get(event);
  if (!read) {
    found.ignore(asName(event) ?? "unnamed log");
    return;
  }
  const timeMs = timeOf(record.timeMs, record.attributes);
  if (timeMs === null) {
    found.refuse("the record has no time; send timeUnixNano", "/timeUnixNano", record);
    return;
  }
  read(open(record, timeMs, found), text(record.attributes, "event.sequence") ?? "", found, record);
}

/** The body repeats the event's name; any other text in it is none of our business. */
function eventOf({ attributes, eventName, body }: LogRecord): string {
  const event = text(attributes, "event.name") ?? (eventName || body);
  if (typeof event !== "string") return "";
  if (event.startsWith(PREFIX)) return event.slice(PREFIX.length);
  return event === body ? "" : event;
}

const PREFIX = "claude_code.";

/** Commands that end the session they are typed in. */
const ENDING: Readonly<Record<string, string>> = { exit: "exit", quit: "exit", clear: "clear" };

/** A slash command is a prompt with the command's name, so that nobody counts it as a question to the agent. */
function prompt(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  const command = name(attributes, "command_name");
  tell(said, found, {
    name: "session.prompt.submitted",
    identity: [said.sessionId, id(attributes, "prompt.id") ?? "", sequence],
    data: present({ ...said.base, length: size(attributes, "prompt_length"), command }),
    content: contentOf(["prompt", text(attributes, "prompt") ?? text(attributes, "prompt_text")]),
  });
  const reason = command !== undefined && text(attributes, "command_source") !== "custom" ? ENDING[command] : undefined;
  if (reason !== undefined) {
    tell(said, found, {
      name: "session.ended",
      identity: [said.sessionId, reason, sequence],
      data: { ...said.base, outcome: "completed", reason },
    });
  }
}

function response(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  tell(said, found, {
    name: "session.response.produced",
    identity: [said.sessionId, id(attributes, "message.uuid", "request_id") ?? "", sequence],
    data: present({
      ...said.base,
      length: size(attributes, "response_length"),
      model: withoutSize(name(attributes, "model")),
    }),
    content: contentOf(["response", text(attributes, "response")]),
  });
}

function apiError(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  const status = httpStatus(count(attributes, "status_code"));
  tell(said, found, {
    name: "session.error.raised",
    identity: [said.sessionId, "api_error", sequence],
    data: present({
      ...said.base,
      error: errorName(status, "api_error"),
      status,
      attempt: size(attributes, "attempt"),
      model: withoutSize(name(attributes, "model")),
      durationMs: size(attributes, "duration_ms"),
    }),
    content: contentOf(["error", text(attributes, "error")]),
  });
}

function subagent(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  tell(said, found, {
    name: "session.subagent.finished",
    identity: [said.sessionId, said.base.subagentId ?? "", sequence],
    data: present({
      ...said.base,
      name: name(attributes, "agent_type"),
      model: withoutSize(name(attributes, "final_model", "model")),
      durationMs: size(attributes, "duration_ms"),
      toolCalls: size(attributes, "total_tool_uses"),
    }),
  });
}

function compaction(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  if (flag(attributes, "success") === false) {
    found.ignore("compaction that failed");
    return;
  }
  tell(said, found, {
    name: "session.context.compacted",
    identity: [said.sessionId, sequence],
    data: present({
      ...said.base,
      trigger: name(attributes, "trigger"),
      tokensBefore: size(attributes, "pre_tokens"),
      tokensAfter: size(attributes, "post_tokens"),
    }),
  });
}
