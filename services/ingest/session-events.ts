import type { AttributionRule } from "../../schemas/attribution.ts";
import { CostComputed, type CostMovement, CostSourceFound } from "../../schemas/cost.ts";
import type { Attribution, Envelope, EventSchema } from "../../schemas/event.ts";
import { dataschemaOf } from "../../schemas/event.ts";
import type { Usage } from "../../schemas/session.ts";
import { attribute, type Reporter } from "../domain/attribute.ts";
import type { CheckedEvent } from "../domain/check-event.ts";
import type { Counted } from "../domain/cost/ledger.ts";
import type { PriceBook } from "../domain/cost/prices.ts";
import { rate } from "../domain/cost/rate.ts";
import { eventUuid } from "../domain/ids.ts";
import type { NewEvent } from "../ports/event-store.ts";
import { type SessionState, whereOf } from "./session-state.ts";

const LEDGER = "/services/ledger";

/** Who reported, from the credential. */
export interface Identity extends Reporter {
  readonly agentId: string;
}

export interface Surroundings {
  readonly prices: PriceBook;
  readonly rules: readonly AttributionRule[];
  /** The platform's clock, RFC 3339 UTC. */
  readonly recordedAt: string;
}

/** One event that passed every check, ready for its session. `data` holds no text any more. */
export interface Arrival extends Omit<CheckedEvent, "content"> {
  readonly uuid: string;
  readonly identity: Identity;
}

/** Adds an arrival to its session: the event itself, then what it moves in the ledger. Changes `state`. */
export function record(arrival: Arrival, state: SessionState, around: Surroundings): NewEvent[] {
  const { event, schema, data, uuid, identity } = arrival;
  const reporter = { ...identity, vendor: event.vendor ?? identity.vendor };
  const where = attribute(whereOf(event), state.where, reporter, around.rules);
  const stored = envelopeOf(arrival, where, reporter.vendor, around.recordedAt);
  state.add(uuid, where);
  const events: NewEvent[] = [{ id: uuid, type: schema.type, body: JSON.stringify({ ...stored, data }) }];
  if (schema.name !== "session.usage.recorded") return events;

  const moved = state.ledger.observe({ eventId: uuid, time: stored.time, usage: data as unknown as Usage, where });
  for (const counted of moved) events.push(movement(counted, stored, state, around));
  return events;
}

/**
 * The process reports its calls one by one: what its counters moved without a session is taken back. Changes `state`;
 * empty when that is known already.
 */
export function itemise(process: string, cause: Arrival, state: SessionState, around: Surroundings): NewEvent[] {
  if (state.ledger.itemisedElsewhere) return [];
  const sessionId = unsessioned(process);
  const ceId = `${cause.identity.agentId}:${process}`;
  const id = eventUuid(LEDGER, ceId);
  const usage = cause.data as unknown as Usage;
  const envelope = envelopeOf(cause, {}, cause.event.vendor, around.recordedAt);
  const found = {
    ...ledgerEnvelope(CostSourceFound, ceId, sessionId, envelope, {}, around.recordedAt),
    data: { sessionId, process, via: `${usage.via.signal} ${usage.via.name}` },
  };
  state.add(id, {});
  const events: NewEvent[] = [{ id, type: CostSourceFound.type, body: JSON.stringify(found) }];
  for (const counted of state.ledger.itemise(id)) events.push(movement(counted, envelope, state, around));
  return events;
}

/** The session under which counters without one are kept. */
export const unsessioned = (process: string): string => `unsessioned:${process}`;

function movement(counted: Counted, cause: Envelope, state: SessionState, around: Surroundings): NewEvent {
  const { usage } = counted;
  const dimensions = {
    provider: usage.provider ?? "unknown",
    model: usage.model ?? "unknown",
    ...(usage.route !== undefined && { route: usage.route }),
    ...(usage.serviceTier !== undefined && { serviceTier: usage.serviceTier }),
    ...(usage.region !== undefined && { region: usage.region }),
    ...(usage.promptTokens !== undefined && { promptTokens: usage.promptTokens }),
    occurredAt: counted.occurredAt,
    tokens: counted.tokens,
  };
  const rated = rate(dimensions, around.prices);
  const data: CostMovement = {
    sessionId: usage.sessionId,
    ...(usage.promptId !== undefined && { promptId: usage.promptId }),
    entry: counted.entry,
    ...dimensions,
    ...(usage.source !== undefined && { source: usage.source }),
    parts: rated.parts,
    pico: rated.pico.toString(),
    ...(counted.reportedPico !== null && { reportedPico: counted.reportedPico.toString() }),
    unpriced: rated.unpriced,
    quality: counted.quality,
    because: counted.because,
  };
  const id = eventUuid(LEDGER, counted.entry);
  state.add(id, {});
  const envelope = ledgerEnvelope(CostComputed, counted.entry, usage.sessionId, cause, counted.where, around.recordedAt);
  return { id, type: CostComputed.type, body: JSON.stringify({ ...envelope, time: counted.occurredAt, data }) };
}

function ledgerEnvelope(
  schema: EventSchema,
  id: string,
  subject: string,
  cause: Envelope,
  where: Attribution,
  recordedat: string,
): Envelope {
  return {
    specversion: "1.0",
    id,
    source: LEDGER,
    type: schema.type,
    subject,
    time: cause.time,
    dataschema: dataschemaOf(schema),
    datacontenttype: "application/json",
    actorkind: "service",
    actorid: "ledger",
    ...(cause.team !== undefined && { team: cause.team }),
    ...(cause.vendor !== undefined && { vendor: cause.vendor }),
    ...where,
    causationid: cause.id,
    recordedat,
  };
}

/** What is stored around an agent's data: identity from the credential, place from attribution, claims dropped. */
export function envelopeOf(arrival: Arrival, where: Attribution, vendor: string | undefined, recordedat: string): Envelope {
  const { event, schema, data, identity, timeMs } = arrival;
  const subject = typeof data["sessionId"] === "string" ? data["sessionId"] : (data["changeId"] as string);
  const envelope: Envelope = {
    specversion: "1.0",
    id: event.id,
    source: `/agents/${identity.agentId}`,
    type: schema.type,
    subject,
    time: new Date(timeMs).toISOString(),
    dataschema: dataschemaOf(schema),
    datacontenttype: "application/json",
    actorkind: "agent",
    actorid: identity.agentId,
    team: identity.team,
    ...where,
    recordedat,
  };
  if (vendor !== undefined) envelope.vendor = vendor;
  if (event.correlationid !== undefined) envelope.correlationid = event.correlationid;
  if (event.causationid !== undefined) envelope.causationid = event.causationid;
  if (event.traceparent !== undefined) envelope.traceparent = event.traceparent;
  if (event.sequence !== undefined) envelope.sequence = event.sequence;
  return envelope;
}
