import type { MetricPoint } from "../otlp/model.ts";
import type { Findings } from "../vendor.ts";
import { seriesOf } from "./counters.ts";
import { type Said, tell } from "./tell.ts";
import { asName, digest, name, present } from "./values.ts";

/**
 * A counter other than tokens moved.
 * @param keep attributes that are worth keeping; the others name people, machines or the session
 */
export function tellActivity(said: Said, point: MetricPoint, keep: readonly string[], found: Findings): void {
  const cumulative = point.temporality === "cumulative";
  const measure = asName(point.metric) ?? "unnamed";
  const dimensions: Record<string, string> = {};
  for (const key of keep) {
    const value = name(point.attributes, key);
    if (value !== undefined) dimensions[key] = value;
  }
  // A running total that starts anew is another series; the start of a delta is only the end of the one before.
  const series = digest(`${measure}\n${cumulative ? point.startNano : ""}\n${seriesOf(point.attributes)}`);
  tell(said, found, {
    name: "session.activity.measured",
    identity: cumulative ? [said.sessionId, series, String(point.value)] : [said.sessionId, series, point.startNano, point.timeNano],
    ...(cumulative && { undated: true }),
    data: present({
      ...said.base,
      measure,
      unit: asName(point.unit),
      value: point.value,
      temporality: point.temporality,
      series,
      dimensions: Object.keys(dimensions).length > 0 ? dimensions : undefined,
    }),
  });
}
