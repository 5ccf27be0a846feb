import { makerOf } from "../../../domain/cost/models.ts";
import type { Attributes, LogRecord, MetricPoint, Span } from "../../otlp/model.ts";
import { type Said, saidBy, type Whose } from "../tell.ts";
import { name } from "../values.ts";

export const VENDOR = "codex";

/** The day after the last that a calendar knows. */
const NO_DAY = 8.64e15;

/**
 * Codex' resource is the same for all processes of a set-up, for years, so "this process logs its calls" would speak for
 * all of them. The day makes it a small statement: metrics are set aside only for days that have logs.
 * @param endMs when what the record tells was over; a turn and its last call are over at the same time
 */
export function codexSaid(record: LogRecord | Span | MetricPoint, timeMs: number, endMs: number, whose: Omit<Whose, "period">): Said {
  const period = Math.abs(endMs) < NO_DAY ? new Date(endMs).toISOString().slice(0, 10) : "undated";
  return saidBy(VENDOR, record, timeMs, { ...whose, period });
}

/** Who made the model goes by its name: Codex also talks to gateways and local models, and does not say so with a call. */
export function modelOf(attributes: Attributes): { model: string | undefined; provider: string | undefined } {
  const model = name(attributes, "model");
  return { model, provider: makerOf(model ?? "") || undefined };
}
