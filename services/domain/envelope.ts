import type { Static, TObject } from "typebox";
import { dataschemaOf, type Envelope, type EventSchema } from "../../schemas/event.ts";
import { eventUuid } from "./ids.ts";

/** Who caused an event: a signed-in person, an agent, or a part of the platform. */
export interface Actor {
  readonly kind: Envelope["actorkind"];
  readonly id: string;
}

export const ROOT: Readonly<Record<Actor["kind"], string>> = {
  human: "/people/",
  agent: "/agents/",
  service: "/services/",
  policy: "/policies/",
};

export interface Occasion {
  readonly actor: Actor;
  /** Unique per actor; the same id again is the same event. */
  readonly id: string;
  readonly subject: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly recordedAt?: string;
  readonly team?: string | undefined;
  readonly vendor?: string | undefined;
  readonly causationId?: string | undefined;
}

/** An event of the platform or of a person, ready for the event store. */
export function platformEvent<Data extends TObject>(
  schema: EventSchema<Data>,
  data: Static<Data>,
  occasion: Occasion,
): { id: string; type: string; body: string } {
  const { actor, id, subject, at } = occasion;
  const source = `${ROOT[actor.kind]}${actor.id}`;
  const envelope: Envelope = {
    specversion: "1.0",
    id,
    source,
    type: schema.type,
    subject,
    time: at,
    dataschema: dataschemaOf(schema as unknown as EventSchema),
    datacontenttype: "application/json",
    actorkind: actor.kind,
    actorid: actor.id,
    recordedat: occasion.recordedAt ?? at,
  };
  if (occasion.team !== undefined) envelope.team = occasion.team;
  if (occasion.vendor !== undefined) envelope.vendor = occasion.vendor;
  if (occasion.causationId !== undefined) envelope.causationid = occasion.causationId;
  return { id: eventUuid(source, id), type: schema.type, body: JSON.stringify({ ...envelope, data }) };
}
