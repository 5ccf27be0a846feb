import type { Attributes, MetricPoint, Scope } from "../model.ts";
import { millisFromNanoText, nanoTextFromJson } from "../moments.ts";
import { asArray, asEnum, asNumber, asObject, asText, attributesOf, type Json } from "./values.ts";

const TEMPORALITIES = ["UNSPECIFIED", "DELTA", "CUMULATIVE"];
const TEMPORALITY = [null, "delta", "cumulative"] as const;

const KINDS = [
  ["sum", "sum"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["exponentialHistogram", "exponential_histogram"],
  ["summary", "summary"],
] as const;

/** Bit of a point's flags: the series ended, the point has no value. */
const NO_RECORDED_VALUE = 1;

/** A data point with the metric it belongs to, not yet read. */
export interface RawPoint {
  readonly raw: unknown;
  readonly at: string;
  read(point: Json): MetricPoint | string | null;
}

/** The points of one metric. `read` answers the point, the reason why it is none, or null when it carries no value on purpose. */
export function* pointsOf(metric: Json, at: string, resource: Attributes, scope: Scope): Iterable<RawPoint> {
  for (const [field, kind] of KINDS) {
    const data = asObject(metric[field]);
    if (!data) continue;
    const temporality = TEMPORALITY[asEnum(data["aggregationTemporality"], TEMPORALITIES)] ?? null;
    const common = { resource, scope, metric: asText(metric["name"]), unit: asText(metric["unit"]), kind, temporality };
    const numeric = kind === "sum" || kind === "gauge";
    const read = (point: Json) => pointOf(point, common, numeric);
    for (const [nth, raw] of asArray(data["dataPoints"]).entries()) yield { raw, at: `${at}/${field}/dataPoints/${nth}`, read };
  }
}

type Common = Pick<MetricPoint, "resource" | "scope" | "metric" | "unit" | "kind" | "temporality">;

function pointOf(point: Json, common: Common, numeric: boolean): MetricPoint | string | null {
  if (((asNumber(point["flags"]) ?? 0) & NO_RECORDED_VALUE) !== 0) return null;
  const value = numeric ? (asNumber(point["asInt"]) ?? asNumber(point["asDouble"])) : (asNumber(point["sum"]) ?? 0);
  if (value === null) return "the data point has no value; send asInt or asDouble";
  const startNano = nanoTextFromJson(point["startTimeUnixNano"]);
  const timeNano = nanoTextFromJson(point["timeUnixNano"]);
  return {
    ...common,
    attributes: attributesOf(point["attributes"]),
    startNano,
    timeNano,
    startMs: millisFromNanoText(startNano),
    timeMs: millisFromNanoText(timeNano),
    value,
    count: numeric ? 1 : (asNumber(point["count"]) ?? 0),
  };
}
