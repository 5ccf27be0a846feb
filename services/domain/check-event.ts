import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { Content, type EventSchema, IncomingEnvelope, type IncomingEvent } from "../../schemas/event.ts";
import { LIMITS } from "../../schemas/primitives.ts";
import { readEventData } from "../../schemas/registry.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { Refusal } from "./refusal.ts";

const envelope = Compile(IncomingEnvelope);
const contentItems = Compile(Type.Array(Content, { maxItems: 64 }));
const earliest = Date.parse(LIMITS.earliestTime);

export interface CheckedEvent {
  readonly event: IncomingEvent;
  readonly schema: EventSchema;
  /** Lifted to the newest version, without content that still has its text. */
  readonly data: Record<string, unknown>;
  /** Text that must be handled before the event is stored. */
  readonly content: readonly Content[];
  readonly timeMs: number;
}

export type Checked = ({ readonly kind: "ok" } & CheckedEvent) | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Whether an agent may say this at all: envelope, type, version, data, time and claimed identity.
 * @param nowMs the platform's clock, for events without a time and for the limit on the future
 */
export function checkEvent(item: unknown, agentId: string, nowMs: number): Checked {
  if (!envelope.Check(item)) return isDeeperThan(item, LIMITS.jsonDepth) ? tooDeep : refuse("not_cloudevent", ...firstFault(item));
  const event = item as IncomingEvent;
  for (const name in event) {
    // What is not looked at further must be flat, and what is looked at further is closed: no event that passes is deep.
    if (typeof event[name] === "object" && event[name] !== null && name !== "data")
      return isDeeperThan(item, LIMITS.jsonDepth)
        ? tooDeep
        : refuse("not_cloudevent", "an attribute of a CloudEvent is text, a number or a boolean; put the rest into data", `/${name}`);
  }

  const claimed = claimedAgent(event);
  if (claimed !== null && claimed.agent !== agentId) {
    return refuse("identity_mismatch", "the event names another agent than the key it came with; leave the field out", claimed.at);
  }

  const timeMs = event.time === undefined ? nowMs : Date.parse(event.time);
  if (!(timeMs >= earliest && timeMs <= nowMs + LIMITS.clockAheadMs)) {
    return refuse(
      "time_out_of_range",
      `time must lie between ${LIMITS.earliestTime} and one day from now; check the machine's clock`,
      "/time",
    );
  }

  const { data, content, fault } = withoutText(event.data as Record<string, unknown>);
  if (fault) return refuse("invalid_data", "content must be a list of at most 64 {kind, text}", "/data/content");

  for (const name of ["sessionId", "changeId"]) {
    const id = data[name];
    if (typeof id === "string" && !id.isWellFormed()) return refuse("invalid_data", "an id must be well-formed Unicode", `/data/${name}`);
  }
  const read = readEventData(event.type, data);
  if (read.kind !== "ok") return isDeeperThan(data, LIMITS.jsonDepth) ? tooDeep : refuse(read.kind, read.message, read.at);
  if (read.schema.producer !== "agent") {
    return refuse("identity_mismatch", "only the platform itself states this; agents report session.* and change.* events", "/type");
  }
  return { kind: "ok", event, schema: read.schema, data: read.data, content, timeMs };
}

/** Content with text leaves the data here; content that the collector already handled has no text and stays. */
function withoutText(data: Record<string, unknown>): { data: Record<string, unknown>; content: readonly Content[]; fault: boolean } {
  const items = data["content"];
  if (items === undefined) return { data, content: [], fault: false };
  if (!Array.isArray(items)) return { data, content: [], fault: true };
  if (!items.some((item) => typeof item === "object" && item !== null && "text" in item)) return { data, content: [], fault: false };
  if (!contentItems.Check(items)) return { data, content: [], fault: true };
  const { content: _, ...rest } = data;
  return { data: rest, content: items as Content[], fault: false };
}

/** An agent may say who it is, as long as it is true. Other sources are free text of the producer and mean nothing here. */
function claimedAgent(event: IncomingEvent): { agent: unknown; at: string } | null {
  if (event["actorid"] !== undefined) return { agent: event["actorid"], at: "/actorid" };
  if (event.source.startsWith("/agents/")) return { agent: event.source.slice("/agents/".length), at: "/source" };
  return null;
}

function firstFault(item: unknown): [string, string] {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return ["an event is a JSON object", ""];
  const [first] = envelope.Errors(item);
  const needed = 'a CloudEvent needs specversion "1.0", id, source, type (andon.<family>.<noun>.<verb>.v<N>) and data';
  return [`${first?.message ?? "not a CloudEvent"}; ${needed}`, first?.instancePath ?? ""];
}

const tooDeep = refuse("too_deep", `JSON may nest ${LIMITS.jsonDepth} levels; send flatter data`, "");

function refuse(code: Refusal["code"], reason: string, at: string): Checked {
  return { kind: "refused", refusal: { code, reason, at } };
}
