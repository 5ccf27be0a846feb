import type { Draft } from "./draft.ts";
import type { Attributes, LogRecord, MetricPoint, Scope, Span } from "./otlp/model.ts";

/** Collects what a translator finds. One per request body. */
export interface Findings {
  draft(draft: Omit<Draft, "vendor">): void;
  /** A record that means nothing to us. */
  ignore(name: string): void;
  /** A record that should have meant something: its bytes go to quarantine. */
  refuse(reason: string, at: string, record: unknown): void;
}

/** Reads one vendor's telemetry. Pure: the same records always give the same drafts. */
export interface VendorTranslator {
  readonly vendor: string;
  /** By scope and resource. `service.name` can be overridden by users, so prefer the scope. */
  recognises(resource: Attributes, scope: Scope): boolean;
  /** @param body every record of the same body, for vendors whose records explain each other */
  log?(record: LogRecord, found: Findings, body: readonly LogRecord[]): void;
  /** @param body every span of the same body */
  span?(span: Span, found: Findings, body: readonly Span[]): void;
  /** All points of one body together, because one usage record is spread over several points. */
  points?(points: readonly MetricPoint[], found: Findings): void;
}
