import type { Attributes } from "../otlp/model.ts";
import type { VendorTranslator } from "../vendor.ts";
import { tellTokens } from "./genai/counters.ts";
import { readLog } from "./genai/logs.ts";
import { readSpan } from "./genai/spans.ts";
import { asName, name } from "./values.ts";

/**
 * The translator for a sender that nobody knows: whatever speaks OpenTelemetry's GenAI conventions, OpenInference or
 * OpenLLMetry. Its service name is the vendor. Telemetry that is not about AI is passed over by name.
 */
export function genaiOf(resource: Attributes): VendorTranslator {
  const vendor = name(resource, "service.name") ?? "unknown";
  return {
    vendor,
    recognises: () => true,
    log: (record, found) => readLog(vendor, record, found),
    span: (span, found) => readSpan(vendor, span, found),
    points: (points, found) => {
      for (const point of tellTokens(vendor, points, found)) found.ignore(asName(point.metric) ?? "unnamed metric");
    },
  };
}
