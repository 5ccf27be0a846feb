import type { LogRecord } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { seriesOf } from "../counters.ts";
import { saidBy, tellStarted } from "../tell.ts";
import { asName, digest, id, text, timeOf } from "../values.ts";
import { modelCall } from "./call.ts";
import { hasTokens, kindOf } from "./kind.ts";
import { SESSION } from "./names.ts";

/** Of the events, only those with token counts are read: what they say of messages and tools, the spans say too. */
export function readLog(vendor: string, record: LogRecord, found: Findings): void {
  const { attributes } = record;
  const event = asName(record.eventName) ?? asName(text(attributes, "event.name"));
  const kind = kindOf(attributes);
  if (!hasTokens(attributes) || kind !== "call") {
    found.ignore(event ?? asName(`${record.scope.name || "unnamed scope"} log`) ?? "log");
    return;
  }
  const timeMs = timeOf(record.timeMs, attributes);
  if (timeMs === null) {
    found.refuse("the record has no time; send timeUnixNano", "/timeUnixNano", record);
    return;
  }
  const conversation = id(attributes, ...SESSION) ?? id(record.resource, ...SESSION);
  const trace = record.traceId === "" ? undefined : record.traceId;
  const said = saidBy(vendor, record, timeMs, {
    sessionId: conversation ?? trace,
    promptId: conversation === undefined ? undefined : trace,
    claims: attributes,
  });
  tellStarted(said, found, vendor, "service.version");
  const fallbackKey = record.spanId === "" ? `log:${digest(`${timeMs}\n${seriesOf(attributes)}`)}` : `span:${record.spanId}`;
  modelCall(said, record, { signal: "log", name: event ?? "log", fallbackKey }, found);
}
