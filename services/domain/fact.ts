import type { Static, TObject } from "typebox";
import { Compile } from "typebox/compile";
import type { EventSchema, StoredEvent } from "../../schemas/event.ts";
import type { Actor } from "./envelope.ts";

/** An event to be: data that fits its schema, and who caused it. */
export interface Fact {
  readonly schema: EventSchema;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
}

/** What a fold needs of a stored event. */
export type Happened = Pick<StoredEvent, "type" | "recordedat" | "actorkind" | "actorid"> & { readonly data: unknown };

export interface Unfit {
  readonly kind: "invalid";
  readonly reason: string;
}

const validators = new Map<string, ReturnType<typeof Compile>>();

/** What would not fit its schema is refused here: the log is for ever. Never quotes the value. */
export function factOf<Data extends TObject>(
  schema: EventSchema<Data>,
  data: Readonly<Record<string, unknown>>,
  actor: Actor,
): Fact | Unfit {
  let validator = validators.get(schema.type);
  if (!validator) validators.set(schema.type, (validator = Compile(schema.data as TObject)));
  const [fault] = validator.Errors(data);
  if (!fault) return { schema: schema as unknown as EventSchema, data, actor };
  return { kind: "invalid", reason: `${fault.instancePath.slice(1).replaceAll("/", ".") || "what is to be recorded"} ${fault.message}` };
}

/** The event that a fact becomes when it happens at this moment (milliseconds). */
export const happenedAt = ({ schema, data, actor }: Fact, atMs: number): Happened => ({
  type: schema.type,
  recordedat: new Date(atMs).toISOString(),
  actorkind: actor.kind,
  actorid: actor.id,
  data,
});

/** The data of an event of this type; null when it is of another. */
export const dataOf = <Data extends TObject>(schema: EventSchema<Data>, event: Pick<Happened, "type" | "data">): Static<Data> | null =>
  event.type === schema.type ? (event.data as Static<Data>) : null;

/** All of them happen together, or none: then the answer says which one does not fit. */
export function acts(...made: readonly (Fact | Unfit)[]): { readonly kind: "acts"; readonly facts: readonly Fact[] } | Unfit {
  const facts: Fact[] = [];
  for (const each of made) {
    if ("kind" in each) return each;
    facts.push(each);
  }
  return { kind: "acts", facts };
}
