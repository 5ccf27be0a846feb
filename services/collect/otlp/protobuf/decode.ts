import type { Decoded, Problem } from "../decoded.ts";
import type { LogRecord, MetricPoint, OtlpBatch, Span } from "../model.ts";
import { metricPoints } from "./points.ts";
import { logRecord, span } from "./records.ts";
import { type MutableAttributes, type MutableScope, resourceInto, scopeInto } from "./values.ts";
import { attempt, bytes, isBroken, message, type Reader, readerOf, skip } from "./wire.ts";

const PATHS = {
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
  traces: ["resourceSpans", "scopeSpans", "spans"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
} as const;

/** Reads the next message as a record of the signal and keeps it. */
type Take = (reader: Reader, resource: MutableAttributes, scope: MutableScope, at: string) => void;

export function decodeProtobuf(signal: OtlpBatch["signal"], body: Uint8Array): Decoded {
  const problems: Problem[] = [];
  const walk = (take: Take): Decoded | null => walkRequest(readerOf(body), PATHS[signal], take, problems);
  switch (signal) {
    case "logs": {
      const records: LogRecord[] = [];
      return walk((reader, ...origin) => records.push(logRecord(reader, origin[0], origin[1]))) ?? ok({ signal, records }, problems);
    }
    case "traces": {
      const records: Span[] = [];
      return walk((reader, ...origin) => records.push(span(reader, origin[0], origin[1]))) ?? ok({ signal, records }, problems);
    }
    case "metrics": {
      const records: MetricPoint[] = [];
      const take: Take = (reader, resource, scope, at) => {
        const refuse = (reason: string, piece: Uint8Array) => problems.push({ reason, at, bytes: piece });
        for (const point of metricPoints(reader, resource, scope, refuse)) records.push(point);
      };
      return walk(take) ?? ok({ signal, records }, problems);
    }
  }
}

const ok = (batch: OtlpBatch, problems: readonly Problem[]): Decoded => ({ kind: "ok", batch, rejected: problems.length, problems });

/** All three requests are built alike: resources, in them scopes, in them records. Answers the fault, if the whole is broken. */
function walkRequest(
  reader: Reader,
  [resources, scopes, records]: (typeof PATHS)[keyof typeof PATHS],
  take: Take,
  problems: Problem[],
): Decoded | null {
  let at = "";
  try {
    for (let r = 0; reader.pos < reader.len; ) {
      const tag = reader.uint32();
      if (tag !== bytes(1)) {
        skip(reader, tag);
        continue;
      }
      at = `/${resources}/${r++}`;
      ofResource(reader, `${at}/${scopes}`, records, take, problems);
    }
    return null;
  } catch (fault) {
    if (!isBroken(fault)) throw fault;
    return {
      kind: "unreadable",
      reason: "the body is not this signal's OTLP in protobuf; check path, content-type and content-encoding",
      at,
    };
  }
}

function ofResource(reader: Reader, path: string, records: string, take: Take, problems: Problem[]): void {
  const resource: MutableAttributes = {};
  let s = 0;
  message(reader, (tag) => {
    if (tag === bytes(1)) resourceInto(reader, resource);
    else if (tag === bytes(2)) ofScope(reader, `${path}/${s++}/${records}`, resource, take, problems);
    else return false;
    return true;
  });
}

function ofScope(reader: Reader, path: string, resource: MutableAttributes, take: Take, problems: Problem[]): void {
  const scope: MutableScope = { name: "", version: "" };
  let n = 0;
  message(reader, (tag) => {
    if (tag === bytes(1)) scopeInto(reader, scope);
    else if (tag === bytes(2)) {
      const at = `${path}/${n++}`;
      const broken = attempt(reader, () => take(reader, resource, scope, at));
      if (broken) problems.push({ reason: "the record is broken", at, bytes: broken });
    } else return false;
    return true;
  });
}
