import type { Attributes, LogRecord, Scope, Span, SpanEvent } from "../model.ts";
import { millisFromNanoText, nanoTextFromJson } from "../moments.ts";
import { anyValue, asArray, asEnum, asHexId, asObject, asText, attributesOf, type Json } from "./values.ts";

const SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES = ["UNSET", "OK", "ERROR"];

const millis = (value: unknown): number | null => millisFromNanoText(nanoTextFromJson(value));

export function logRecord(record: Json, resource: Attributes, scope: Scope): LogRecord {
  return {
    resource,
    scope,
    timeMs: millis(record["timeUnixNano"]) ?? millis(record["observedTimeUnixNano"]),
    eventName: asText(record["eventName"]),
    body: anyValue(record["body"]),
    attributes: attributesOf(record["attributes"]),
    traceId: asHexId(record["traceId"]),
    spanId: asHexId(record["spanId"]),
  };
}

export function span(record: Json, resource: Attributes, scope: Scope): Span {
  const status = asObject(record["status"]);
  const startMs = millis(record["startTimeUnixNano"]) ?? 0;
  return {
    resource,
    scope,
    name: asText(record["name"]),
    kind: asEnum(record["kind"], SPAN_KINDS),
    startMs,
    endMs: millis(record["endTimeUnixNano"]) ?? startMs,
    status: { code: asEnum(status?.["code"], STATUS_CODES), message: asText(status?.["message"]) },
    attributes: attributesOf(record["attributes"]),
    events: asArray(record["events"]).map(spanEvent),
    traceId: asHexId(record["traceId"]),
    spanId: asHexId(record["spanId"]),
    parentSpanId: asHexId(record["parentSpanId"]),
  };
}

function spanEvent(value: unknown): SpanEvent {
  const event = asObject(value);
  return {
    name: asText(event?.["name"]),
    timeMs: millis(event?.["timeUnixNano"]) ?? 0,
    attributes: attributesOf(event?.["attributes"]),
  };
}
