import type { Attributes, LogRecord, Scope, Span, SpanEvent } from "../model.ts";
import { anyValue, keyValueInto, type MutableAttributes } from "./values.ts";
import { bytes, fixed64, hexId, message, nanoMillis, type Reader, varint } from "./wire.ts";

export function logRecord(reader: Reader, resource: Attributes, scope: Scope): LogRecord {
  const attributes: MutableAttributes = {};
  let time: number | null = null;
  let observed: number | null = null;
  let body: LogRecord["body"] = null;
  let traceId = "";
  let spanId = "";
  let eventName = "";
  message(reader, (tag) => {
    switch (tag) {
      case fixed64(1):
        time = nanoMillis(reader);
        return true;
      case bytes(5):
        body = anyValue(reader);
        return true;
      case bytes(6):
        keyValueInto(reader, attributes);
        return true;
      case bytes(9):
        traceId = hexId(reader);
        return true;
      case bytes(10):
        spanId = hexId(reader);
        return true;
      case fixed64(11):
        observed = nanoMillis(reader);
        return true;
      case bytes(12):
        eventName = reader.string();
        return true;
    }
    return false;
  });
  return { resource, scope, timeMs: time ?? observed, eventName, body, attributes, traceId, spanId };
}

export function span(reader: Reader, resource: Attributes, scope: Scope): Span {
  const attributes: MutableAttributes = {};
  const events: SpanEvent[] = [];
  const status = { code: 0, message: "" };
  const ids = { traceId: "", spanId: "", parentSpanId: "" };
  let name = "";
  let kind = 0;
  let start: number | null = null;
  let end: number | null = null;
  message(reader, (tag) => {
    switch (tag) {
      case bytes(1):
        ids.traceId = hexId(reader);
        return true;
      case bytes(2):
        ids.spanId = hexId(reader);
        return true;
      case bytes(4):
        ids.parentSpanId = hexId(reader);
        return true;
      case bytes(5):
        name = reader.string();
        return true;
      case varint(6):
        kind = reader.int32();
        return true;
      case fixed64(7):
        start = nanoMillis(reader);
        return true;
      case fixed64(8):
        end = nanoMillis(reader);
        return true;
      case bytes(9):
        keyValueInto(reader, attributes);
        return true;
      case bytes(11):
        events.push(spanEvent(reader));
        return true;
      case bytes(15):
        statusInto(reader, status);
        return true;
    }
    return false;
  });
  const startMs = start ?? 0;
  return { resource, scope, name, kind, startMs, endMs: end ?? startMs, status, attributes, events, ...ids };
}

function spanEvent(reader: Reader): SpanEvent {
  const attributes: MutableAttributes = {};
  let name = "";
  let time: number | null = null;
  message(reader, (tag) => {
    if (tag === fixed64(1)) time = nanoMillis(reader);
    else if (tag === bytes(2)) name = reader.string();
    else if (tag === bytes(3)) keyValueInto(reader, attributes);
    else return false;
    return true;
  });
  return { name, timeMs: time ?? 0, attributes };
}

function statusInto(reader: Reader, status: { code: number; message: string }): void {
  message(reader, (tag) => {
    if (tag === bytes(2)) status.message = reader.string();
    else if (tag === varint(3)) status.code = reader.int32();
    else return false;
    return true;
  });
}
