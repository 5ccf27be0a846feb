import { decodeOtlp } from "../collect/otlp/decode.ts";
import type { AttributeValue, OtlpBatch } from "../collect/otlp/model.ts";

/** Builds OTLP requests in JSON from plain values, for agents of which no recording exists. */

type Plain = Readonly<Record<string, string | number | boolean>>;

export interface PlainSpan {
  readonly name: string;
  readonly attributes: Plain;
  readonly id?: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly failed?: boolean;
}

/** Every span takes 100 ms, a second after the one before. */
export function spans(service: string, all: readonly PlainSpan[]): OtlpBatch {
  const start = (nth: number) => 1_795_252_500_000 + nth * 1_000;
  const records = all.map(({ name, attributes, id, parent, trace, failed }, nth) => ({
    name,
    traceId: (trace ?? "a1").padStart(32, "0"),
    spanId: (id ?? (nth + 1).toString(16)).padStart(16, "0"),
    parentSpanId: parent === undefined ? "" : parent.padStart(16, "0"),
    kind: 3,
    startTimeUnixNano: `${start(nth)}000000`,
    endTimeUnixNano: `${start(nth) + 100}000000`,
    attributes: keyValues(attributes),
    status: failed ? { code: 2, message: "it failed" } : {},
  }));
  return decode("traces", { resourceSpans: [{ resource: resource(service), scopeSpans: [{ scope: { name: "test" }, spans: records }] }] });
}

export function logs(
  service: string,
  all: readonly { readonly event: string; readonly attributes: Plain; readonly span?: string }[],
): OtlpBatch {
  const logRecords = all.map(({ event, attributes, span }, nth) => ({
    timeUnixNano: `${1_795_252_500_000 + nth}000000`,
    eventName: event,
    traceId: "a1".padStart(32, "0"),
    spanId: span === undefined ? "" : span.padStart(16, "0"),
    attributes: keyValues(attributes),
  }));
  return decode("logs", { resourceLogs: [{ resource: resource(service), scopeLogs: [{ scope: { name: "test" }, logRecords }] }] });
}

export interface PlainPoint {
  readonly metric: string;
  readonly attributes: Plain;
  readonly sum: number;
}

/** Histograms with running totals, as libraries export them. */
export function histograms(service: string, points: readonly PlainPoint[]): OtlpBatch {
  const metrics = points.map(({ metric, attributes, sum }) => ({
    name: metric,
    unit: "{token}",
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          attributes: keyValues(attributes),
          sum,
          count: "1",
          startTimeUnixNano: "1795252500000000000",
          timeUnixNano: "1795252560000000000",
        },
      ],
    },
  }));
  return decode("metrics", { resourceMetrics: [{ resource: resource(service), scopeMetrics: [{ scope: { name: "test" }, metrics }] }] });
}

const resource = (service: string) => ({ attributes: keyValues({ "service.name": service, "service.version": "3.1" }) });

const keyValues = (attributes: Plain) => Object.entries(attributes).map(([key, value]) => ({ key, value: any(value) }));

function any(value: AttributeValue) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function decode(signal: OtlpBatch["signal"], body: object): OtlpBatch {
  const decoded = decodeOtlp(signal, "json", Buffer.from(JSON.stringify(body)));
  if (decoded.kind !== "ok" || decoded.rejected > 0) throw new Error("the test's own OTLP cannot be decoded");
  return decoded.batch;
}
