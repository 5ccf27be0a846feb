import type { MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { tellActivity } from "../activity.ts";
import { tellTokens } from "../genai/counters.ts";
import { saidBy } from "../tell.ts";
import { asName } from "../values.ts";
import { VENDOR } from "./spans.ts";

/** Counters whose figures are in no span. */
const ACTIVITY = new Set(["github.copilot.code.lines_added", "github.copilot.code.lines_removed"]);

/**
 * No metric of Copilot knows its session, so all of them are kept under the process. Tokens are counted twice over, in
 * counters by kind and in histograms by operation; the histograms know neither caches nor reasoning and are passed over.
 */
export function readPoints(points: readonly MetricPoint[], found: Findings): void {
  for (const point of tellTokens(VENDOR, points, found)) {
    if (!ACTIVITY.has(point.metric)) found.ignore(asName(point.metric) ?? "unnamed metric");
    else if (point.timeMs === null || point.temporality === null) {
      found.refuse("the data point lacks its time or its metric the temporality; send both", "", point);
    } else tellActivity(saidBy(VENDOR, point, point.timeMs, { sessionId: undefined }), point, ["gen_ai.request.model"], found);
  }
}
