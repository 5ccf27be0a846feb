import type { Attributes, LogRecord } from "../collect/otlp/model.ts";

/** A decoded log record as nobody's code wrote it: no body, no trace, ten o'clock. */
export function logRecord(resource: Attributes, scope: string, attributes: Attributes, more: Partial<LogRecord> = {}): LogRecord {
  return {
    resource,
    scope: { name: scope, version: "" },
    timeMs: Date.parse("2026-11-21T10:00:00.000Z"),
    eventName: "",
    body: null,
    attributes,
    traceId: "",
    spanId: "",
    ...more,
  };
}
