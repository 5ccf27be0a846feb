import type { TimelineStep } from "../../schemas/api.ts";
import { type StoredEvent, TYPE_PREFIX } from "../../schemas/event.ts";

/** An event of a session's stream with its place. */
export interface Recorded {
  readonly position: string;
  readonly revision: number;
  /** The store's id. */
  readonly id: string;
  readonly event: StoredEvent;
}

type Data = Readonly<Record<string, unknown>>;

/** Without prefix, family and version: `tool.called`, `usage.recorded`, `started`. */
function kindOf(type: string): string {
  const [, ...rest] = type.slice(TYPE_PREFIX.length).split(".");
  return rest.slice(0, -1).join(".");
}

/**
 * One event, ready to be shown. Titles are names from the event (a tool, a model, an operation), never sentences, so that
 * a screen in any language can use them.
 */
export function stepOf({ position, id, event }: Recorded, cost: TimelineStep["cost"], coveredBy: string | null): TimelineStep {
  const { content: _, ...data } = event.data;
  const kind = kindOf(event.type);
  return {
    position,
    eventId: id,
    kind,
    type: event.type,
    time: event.time,
    promptId: text(data, "promptId"),
    subagentId: text(data, "subagentId"),
    title: titleOf(kind, data),
    outcome: outcomeOf(kind, data),
    durationMs: typeof data["durationMs"] === "number" ? data["durationMs"] : null,
    cost,
    coveredBy,
    model: text(data, "model") ?? text(data, "requestModel"),
    content: contentOf(event.data),
    data,
  };
}

/** Which fields name a step of a kind; the first that is there wins. */
const TITLES: Readonly<Record<string, readonly string[]>> = {
  started: ["harness"],
  ended: ["reason"],
  "prompt.submitted": ["command"],
  "response.produced": ["model"],
  "tool.decided": ["tool"],
  "tool.called": ["tool"],
  "file.changed": ["operation"],
  "commit.recorded": ["sha"],
  "error.raised": ["error"],
  "subagent.finished": ["name", "subagentId"],
  "context.compacted": ["trigger"],
  "activity.measured": ["measure"],
  "usage.recorded": ["model", "requestModel"],
  "source.found": ["via"],
};

function titleOf(kind: string, data: Data): string {
  for (const field of TITLES[kind] ?? []) {
    const value = text(data, field);
    if (value !== null) return value;
  }
  return kind;
}

function outcomeOf(kind: string, data: Data): string | null {
  if (kind === "error.raised") return "failed";
  return text(data, "outcome") ?? text(data, "decision");
}

function contentOf(data: Data): TimelineStep["content"] {
  const items = Array.isArray(data["content"]) ? (data["content"] as Data[]) : [];
  return items.map((item) => ({
    kind: text(item, "kind") ?? "unknown",
    length: typeof item["length"] === "number" ? item["length"] : 0,
    sealed: typeof item["commitment"] === "string",
    payloadId: text(item, "payloadId"),
  }));
}

function text(data: Data, field: string): string | null {
  const value = data[field];
  return typeof value === "string" && value !== "" ? value : null;
}
