/** OTLP, decoded from JSON or protobuf into one shape. 64-bit integers are numbers; nothing of ours needs more than 2^53. */

export type AttributeValue = string | number | boolean | null | readonly AttributeValue[] | { readonly [key: string]: AttributeValue };
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Scope {
  readonly name: string;
  readonly version: string;
}

interface Origin {
  readonly resource: Attributes;
  readonly scope: Scope;
}

export interface LogRecord extends Origin {
  /** First non-zero of time and observed time in milliseconds; null when the record has neither. */
  readonly timeMs: number | null;
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  /** Hex, "" when absent. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

export interface Span extends Origin {
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

export interface MetricPoint extends Origin {
  readonly metric: string;
  readonly unit: string;
  readonly kind: "sum" | "gauge" | "histogram" | "exponential_histogram" | "summary";
  readonly temporality: "delta" | "cumulative" | null;
  readonly attributes: Attributes;
  /** Nanoseconds as sent, for identity; "0" when absent. */
  readonly startNano: string;
  readonly timeNano: string;
  readonly startMs: number | null;
  readonly timeMs: number | null;
  /** Sum or gauge: the value. Histogram: the sum of what was observed. */
  readonly value: number;
  /** Histogram: how many observations. */
  readonly count: number;
}

export type OtlpBatch =
  | { readonly signal: "logs"; readonly records: readonly LogRecord[] }
  | { readonly signal: "traces"; readonly records: readonly Span[] }
  | { readonly signal: "metrics"; readonly records: readonly MetricPoint[] };
