import type { Attribution } from "../../../schemas/event.ts";
import type { Draft } from "../draft.ts";
import type { Attributes, LogRecord, MetricPoint, Span } from "../otlp/model.ts";
import type { Findings } from "../vendor.ts";
import { attributionOf } from "./attribution.ts";
import { processKey, unsessioned } from "./process-key.ts";
import { name, present } from "./values.ts";

/** What a record says besides its own matter: whose it is, when it was, where it belongs. */
export interface Said {
  readonly sessionId: string;
  readonly process: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly attribution: Attribution;
  /** Goes into every event of this record. */
  readonly base: { readonly sessionId: string; readonly promptId?: string; readonly subagentId?: string };
  readonly traceparent?: string;
}

export interface Whose {
  /** None: the record is kept with the others of its process that have none. */
  readonly sessionId: string | undefined;
  readonly promptId?: string | undefined;
  readonly subagentId?: string | undefined;
  /** Attributes that may claim where the work belongs, besides the resource. */
  readonly claims?: Attributes;
  /** Splits a process whose counters name no session, where its resource alone would stand for many. */
  readonly period?: string;
}

export function saidBy(vendor: string, record: LogRecord | Span | MetricPoint, timeMs: number, whose: Whose): Said {
  const { attributes, resource } = record;
  const ofResource = processKey(vendor, resource);
  const process = whose.period === undefined ? ofResource : `${ofResource}.${whose.period}`;
  const sessionId = whose.sessionId ?? unsessioned(process);
  return {
    sessionId,
    process,
    timeMs,
    attributes,
    resource,
    attribution: attributionOf(resource, whose.claims ?? {}),
    base: present({ sessionId, promptId: whose.promptId, subagentId: whose.subagentId }) as Said["base"],
    ...("traceId" in record &&
      record.traceId !== "" &&
      record.spanId !== "" && { traceparent: `00-${record.traceId}-${record.spanId}-01` }),
  };
}

/** Adds an event that this record tells. */
export function tell(said: Said, found: Findings, draft: Pick<Draft, "name" | "identity" | "data"> & Partial<Draft>): void {
  found.draft({
    timeMs: said.timeMs,
    attribution: said.attribution,
    ...(said.traceparent !== undefined && { traceparent: said.traceparent }),
    ...draft,
  });
}

const started = new WeakMap<Findings, Set<string>>();

/**
 * The session exists. Told once in a body, and every telling is the same event: whichever record comes first, and however
 * many are lost, a session has one start. A later version in the same session is a new start.
 * @param versionKey the resource attribute that has the version, when the vendor tells it
 */
export function tellStarted(said: Said, found: Findings, harness: string, versionKey?: string): void {
  if (said.sessionId === unsessioned(said.process)) return;
  let told = started.get(found);
  if (!told) started.set(found, (told = new Set()));
  if (told.has(said.sessionId)) return;
  told.add(said.sessionId);
  const harnessVersion = versionKey === undefined ? undefined : name(said.resource, versionKey);
  found.draft({
    name: "session.started",
    identity: [said.sessionId, harnessVersion ?? ""],
    undated: true,
    timeMs: said.timeMs,
    data: present({ sessionId: said.sessionId, harness, harnessVersion }),
    attribution: said.attribution,
  });
}
