import type { Attributes, MetricPoint, Scope } from "../model.ts";
import { keyValueInto, type MutableAttributes } from "./values.ts";
import { attempt, bytes, fixed64, type Moment, message, moment, type Reader, signed64, unsigned64, varint } from "./wire.ts";

const TEMPORALITY = [null, "delta", "cumulative"] as const;
const NO_RECORDED_VALUE = 1;
const ABSENT: Moment = { nano: "0", ms: null };

/** Field numbers of a data point: each kind of metric has its own. */
interface Numbers {
  readonly kind: MetricPoint["kind"];
  readonly attributes: number;
  readonly flags: number;
}

/** By the field of `Metric` that holds the points. */
const KINDS: ReadonlyMap<number, Numbers> = new Map([
  [bytes(5), { kind: "gauge", attributes: 7, flags: 8 }],
  [bytes(7), { kind: "sum", attributes: 7, flags: 8 }],
  [bytes(9), { kind: "histogram", attributes: 9, flags: 10 }],
  [bytes(10), { kind: "exponential_histogram", attributes: 1, flags: 10 }],
  [bytes(11), { kind: "summary", attributes: 7, flags: 8 }],
]);

/** A point of a metric whose name, unit and temporality may come later on the wire. */
type Unnamed = Omit<MetricPoint, "metric" | "unit" | "temporality" | "resource" | "scope">;

/** Answers the points; `refuse` gets what is wrong with single ones and their bytes. */
export function metricPoints(
  reader: Reader,
  resource: Attributes,
  scope: Scope,
  refuse: (reason: string, bytes: Uint8Array) => void,
): MetricPoint[] {
  const points: Unnamed[] = [];
  let metric = "";
  let unit = "";
  let temporality: MetricPoint["temporality"] = null;
  message(reader, (tag) => {
    const numbers = KINDS.get(tag);
    if (numbers) temporality = pointsInto(reader, numbers, points, refuse);
    else if (tag === bytes(1)) metric = reader.string();
    else if (tag === bytes(3)) unit = reader.string();
    else return false;
    return true;
  });
  return points.map((point) => ({ ...point, resource, scope, metric, unit, temporality }));
}

function pointsInto(
  reader: Reader,
  numbers: Numbers,
  points: Unnamed[],
  refuse: (reason: string, bytes: Uint8Array) => void,
): MetricPoint["temporality"] {
  let temporality: MetricPoint["temporality"] = null;
  message(reader, (tag) => {
    if (tag === varint(2)) temporality = TEMPORALITY[reader.int32()] ?? null;
    else if (tag === bytes(1)) {
      const broken = attempt(reader, () => {
        const start = reader.pos;
        const point = pointOf(reader, numbers);
        if (typeof point === "string") refuse(point, reader.buf.subarray(start, reader.pos));
        else if (point) points.push(point);
      });
      if (broken) refuse("the data point is broken", broken);
    } else return false;
    return true;
  });
  return temporality;
}

/** The point, the reason why it is none, or null when it carries no value on purpose. */
function pointOf(reader: Reader, { kind, attributes: attributesField, flags: flagsField }: Numbers): Unnamed | string | null {
  const numeric = kind === "sum" || kind === "gauge";
  const attributes: MutableAttributes = {};
  let start = ABSENT;
  let time = ABSENT;
  let value: number | null = numeric ? null : 0;
  let count = numeric ? 1 : 0;
  let flags = 0;
  message(reader, (tag) => {
    if (tag === bytes(attributesField)) keyValueInto(reader, attributes);
    else if (tag === fixed64(2)) start = moment(reader);
    else if (tag === fixed64(3)) time = moment(reader);
    else if (tag === fixed64(4)) {
      if (numeric) value = reader.double();
      else count = unsigned64(reader);
    } else if (tag === fixed64(5) && !numeric) value = reader.double();
    else if (tag === fixed64(6) && numeric) value = signed64(reader);
    else if (tag === varint(flagsField)) flags = reader.uint32();
    else return false;
    return true;
  });
  if ((flags & NO_RECORDED_VALUE) !== 0) return null;
  if (value === null) return "the data point has no value; send as_int or as_double";
  return { kind, attributes, startNano: start.nano, timeNano: time.nano, startMs: start.ms, timeMs: time.ms, value, count };
}
