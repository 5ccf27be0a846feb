import type { Attributes, MetricPoint } from "../otlp/model.ts";
import { digest } from "./values.ts";

/** What one export says of one series: spread over points that differ in the metric or in one attribute. */
export interface Tick {
  /** The earliest of its points. */
  readonly point: MetricPoint;
  /** Names the series: all attributes but the ones that tell the parts apart. */
  readonly series: string;
  /** Part (`input`, `output`, `cost` …) → value. */
  readonly parts: ReadonlyMap<string, number>;
  readonly timeMs: number;
  /** Start of the earliest part: parts may begin some nanoseconds after each other. */
  readonly since: string | undefined;
  /**
   * What names this tick, together with its session. The parts belong to it: when a relay tears one export into two
   * bodies, each half is an event of its own and both count.
   */
  readonly identity: readonly string[];
  /** A running total that did not move since the last export says nothing new: it is the same event, whenever it is sent. */
  readonly undated?: true;
}

/** Points of one export are written within this time of each other (milliseconds). */
const ONE_EXPORT = 1_000;

type Group = Map<string, MetricPoint>;

/**
 * Groups points into ticks. A point that comes twice counts once.
 * @param points with a time and a temporality
 * @param partOf the part a point tells; the attributes named by `without` are left out of the series
 */
export function ticksOf(points: Iterable<MetricPoint>, partOf: (point: MetricPoint) => string, without: readonly string[]): Tick[] {
  const exports = new Map<Attributes, Map<string, Group[]>>();
  for (const point of points) {
    let ofResource = exports.get(point.resource);
    if (!ofResource) exports.set(point.resource, (ofResource = new Map()));
    const series = `${point.temporality}\n${seriesOf(point.attributes, without)}`;
    let groups = ofResource.get(series);
    if (!groups) ofResource.set(series, (groups = []));
    place(point, partOf(point), groups);
  }
  const ticks: Tick[] = [];
  for (const ofResource of exports.values()) {
    for (const [series, groups] of ofResource) {
      const key = digest(series);
      for (const group of groups) ticks.push(tickOf(key, group));
    }
  }
  return ticks;
}

function place(point: MetricPoint, part: string, groups: Group[]): void {
  for (const group of groups) {
    const same = group.get(part);
    if (same && same.timeNano === point.timeNano && same.startNano === point.startNano) return;
    const [first] = group.values();
    if (!same && first && Math.abs((first.timeMs ?? 0) - (point.timeMs ?? 0)) < ONE_EXPORT) {
      group.set(part, point);
      return;
    }
  }
  groups.push(new Map([[part, point]]));
}

function tickOf(series: string, group: Group): Tick {
  const names = [...group.keys()].sort();
  let [point] = group.values() as Iterable<MetricPoint> as [MetricPoint];
  let last = point;
  for (const other of group.values()) {
    if (earlier(other.startNano, point.startNano)) point = other;
    if (earlier(last.timeNano, other.timeNano)) last = other;
  }
  const tick = {
    point,
    series,
    parts: new Map(names.map((part) => [part, group.get(part)?.value ?? 0])),
    timeMs: last.timeMs ?? 0,
    since: point.startMs === null ? undefined : new Date(point.startMs).toISOString(),
  };
  if (point.temporality !== "cumulative") return { ...tick, identity: [series, point.startNano, last.timeNano, names.join(",")] };
  const totals = names.map((part) => `${part}=${group.get(part)?.value}`).join(",");
  return { ...tick, identity: [series, point.startNano, totals], undated: true };
}

/** Of nanoseconds as text, without leading zeros. */
const earlier = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);

/** All attributes in one order, however the sender ordered them. */
export function seriesOf(attributes: Attributes, without: readonly string[] = []): string {
  const keys = Object.keys(attributes).filter((key) => !without.includes(key));
  return JSON.stringify(keys.sort().map((key) => [key, attributes[key]]));
}
