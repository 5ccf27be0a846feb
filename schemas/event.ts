import { type Static, type TObject, Type } from "typebox";
import { Id, Name, Timestamp } from "./primitives.ts";

/** Prefix of every event type of ours. */
export const TYPE_PREFIX = "andon.";

/**
 * Where the work belongs. On the way in these are claims; ingest overwrites `team` from the credential and fills what is
 * missing from the session, the agent's registration and the attribution rules.
 */
export const attributionFields = {
  feature: Type.Optional(Name),
  repo: Type.Optional(Name),
  branch: Type.Optional(Name),
  ticket: Type.Optional(Name),
  changekind: Type.Optional(Name),
};

export const Attribution = Type.Object(attributionFields);
export type Attribution = Static<typeof Attribution>;

/** CloudEvents 1.0 attributes that a producer may send; everything else about identity comes from its credential. */
export const IncomingEnvelope = Type.Object({
  specversion: Type.Literal("1.0"),
  id: Id,
  source: Type.String({ minLength: 1, maxLength: 1024 }),
  type: Type.String({ pattern: "^andon\\.[a-z]+(\\.[a-z]+)+\\.v[1-9]\\d{0,2}$", maxLength: 120 }),
  subject: Type.Optional(Id),
  time: Type.Optional(Timestamp),
  dataschema: Type.Optional(Type.String({ maxLength: 1024 })),
  datacontenttype: Type.Optional(Type.String({ pattern: "^application/([a-z0-9.+-]*\\+)?json(;.*)?$" })),
  correlationid: Type.Optional(Id),
  causationid: Type.Optional(Id),
  traceparent: Type.Optional(Type.String({ maxLength: 64 })),
  /** Per-source counter: a hole in it is a lost event. */
  sequence: Type.Optional(Type.String({ maxLength: 40 })),
  vendor: Type.Optional(Name),
  ...attributionFields,
  data: Type.Object({}),
});
export type IncomingEvent = Static<typeof IncomingEnvelope> & Record<string, unknown>;

/** The stored envelope: what a producer sent plus what the platform knows. Never holds content. */
export interface Envelope extends Attribution {
  specversion: "1.0";
  /** The producer's id. Unique together with `source`. */
  id: string;
  /** `/agents/<id>`, `/people/<id>` or `/services/<name>`: from the credential, never from the payload. */
  source: string;
  type: string;
  /** The aggregate: session id, agent id, price id … */
  subject: string;
  /** When it happened, by the producer's clock. UTC, milliseconds. */
  time: string;
  dataschema: string;
  datacontenttype: "application/json";
  actorkind: "human" | "agent" | "service" | "policy";
  actorid: string;
  team?: string;
  vendor?: string;
  correlationid?: string;
  causationid?: string;
  traceparent?: string;
  sequence?: string;
  /** When the platform took it in. UTC, milliseconds. */
  recordedat: string;
}

export interface StoredEvent<Data = Record<string, unknown>> extends Envelope {
  data: Data;
}

/** One version of one event type. */
export interface EventSchema<Data extends TObject = TObject> {
  /** Without prefix and version: `session.usage.recorded`. */
  readonly name: string;
  readonly version: number;
  readonly type: string;
  readonly summary: string;
  /** Who may put it on the bus: an agent, or the platform alone. */
  readonly producer: "agent" | "platform";
  readonly data: Data;
}

/**
 * Defines one version of an event type. `name` is family.noun.verb in the past tense. The data is closed: a field that is
 * not listed is refused, because anything could hide in it and the log is for ever.
 */
export function event<Data extends TObject>(
  name: string,
  version: number,
  producer: "agent" | "platform",
  summary: string,
  data: Data,
): EventSchema<Data> {
  const closed = Type.Object(data.properties, { additionalProperties: false }) as unknown as Data;
  return { name, version, type: `${TYPE_PREFIX}${name}.v${version}`, summary, producer, data: closed };
}

export type DataOf<S> = S extends EventSchema<infer Data> ? Static<Data> : never;

/** The URI by which an event names its schema. */
export const dataschemaOf = (schema: EventSchema): string => `urn:andon:schema:${schema.name}:v${schema.version}`;

/** Text that leaves the envelope before anything is stored. Only allowed on the way in. */
export const Content = Type.Object(
  { kind: Type.String({ pattern: "^[a-z_]{1,40}$" }), text: Type.String() },
  { additionalProperties: false },
);
export type Content = Static<typeof Content>;
