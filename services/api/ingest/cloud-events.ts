import type { Context } from "hono";
import { LIMITS } from "../../../schemas/primitives.ts";
import { type Failure, fail } from "../problems.ts";
import { mediaTypeOf, parseJson, unsupportedType } from "../read-json.ts";
import { percentDecoded } from "./claims.ts";

export const EVENT_TYPES = ["application/cloudevents+json", "application/cloudevents-batch+json", "application/json"] as const;

/** `single`: the sender thinks of one event and wants a plain answer about it. */
export type ReadEvents =
  | { readonly kind: "events"; readonly items: readonly unknown[]; readonly single: boolean }
  /** Worth keeping, with the reason. */
  | { readonly kind: "unreadable"; readonly code: "not_json" | "too_deep"; readonly reason: string }
  | Failure;

/** Whether the body is in a form that CloudEvents over HTTP can have; asked before the body is read. */
export function eventsTypeFault(context: Context): Failure | null {
  const type = mediaTypeOf(context);
  if ((EVENT_TYPES as readonly string[]).includes(type)) return null;
  if (isBinary(context) && (type === "" || type.endsWith("+json"))) return null;
  return unsupportedType(EVENT_TYPES);
}

/** Reads CloudEvents in structured, batched and binary mode; plain JSON may be one event or a list. */
export function readEvents(context: Context, bytes: Uint8Array): ReadEvents {
  const type = mediaTypeOf(context);
  const binary = isBinary(context) && !type.startsWith("application/cloudevents");
  if (binary && bytes.length === 0) return one(binaryEvent(context, undefined));
  const json = parseJson(bytes);
  if (json.kind !== "json") return { kind: "unreadable", code: json.kind, reason: json.reason };
  if (binary) return one(binaryEvent(context, json.value));
  if (!Array.isArray(json.value)) {
    if (type !== "application/cloudevents-batch+json") return one(json.value);
    return fail(400, "not_a_batch", "A batch is a JSON array of events.", { hint: "Send a single event as application/cloudevents+json." });
  }
  if (json.value.length > LIMITS.batchEvents) {
    return fail(413, "too_many_events", `A batch may have ${LIMITS.batchEvents} events.`, { hint: "Send smaller batches." });
  }
  return { kind: "events", items: json.value, single: false };
}

const one = (item: unknown): ReadEvents => ({ kind: "events", items: [item], single: true });

const isBinary = (context: Context): boolean =>
  context.req.header("ce-specversion") !== undefined || context.req.header("ce-id") !== undefined;

/** Attributes are headers with the prefix `ce-`; what a header cannot hold is percent-encoded. */
function binaryEvent(context: Context, data: unknown): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context.req.header())) {
    if (name.startsWith("ce-") && name !== "ce-data") event[name.slice(3)] = percentDecoded(unquoted(value));
  }
  const contentType = context.req.header("content-type");
  if (contentType !== undefined) event["datacontenttype"] = contentType;
  if (data !== undefined) event["data"] = data;
  return event;
}

/** Old senders put values into double quotes. */
const unquoted = (value: string): string =>
  value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value;
