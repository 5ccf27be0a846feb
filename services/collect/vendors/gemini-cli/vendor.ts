import type { Attributes, LogRecord, MetricPoint } from "../../otlp/model.ts";
import { type Said, saidBy } from "../tell.ts";
import { id, text } from "../values.ts";

export const VENDOR = "gemini-cli";

export function readSaid(record: LogRecord | MetricPoint, timeMs: number): Said {
  const sessionId = id(record.attributes, "session.id") ?? id(record.resource, "session.id");
  const promptId = id(record.attributes, "prompt_id");
  return saidBy(VENDOR, record, timeMs, {
    sessionId,
    promptId,
    subagentId: subagentIn(promptId, sessionId) ?? id(record.attributes, "agent_id"),
  });
}

/** A sub-agent numbers its turns behind its own id, `<agent>#2`, in the session of its parent. */
function subagentIn(promptId: string | undefined, sessionId: string | undefined): string | undefined {
  const agent = /^([^#]+)#\d+$/.exec(promptId ?? "")?.[1];
  return agent === sessionId ? undefined : agent;
}

/** Besides the conversation and its sub-agents, the agent asks models for summaries, routes and corrections. */
export function sourceOf(attributes: Attributes): "main" | "subagent" | "auxiliary" | undefined {
  const role = text(attributes, "role");
  if (role === undefined || role === "main" || role === "subagent") return role;
  return "auxiliary";
}

export function objectIn(attributes: Attributes, key: string): Record<string, unknown> {
  const value = jsonIn(attributes, key);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** JSON inside a text; `undefined` where there is none. */
export function jsonIn(attributes: Attributes, key: string): unknown {
  const value = attributes[key];
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
