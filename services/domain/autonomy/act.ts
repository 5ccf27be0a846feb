import type { Static, TObject } from "typebox";
import type { EventSchema } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, factOf, type Unfit } from "../fact.ts";
import type { AutonomyDecision, AutonomyNow } from "./commands.ts";

/** Rules act by themselves. */
export const RULES: Actor = { kind: "service", id: "autonomy" };

type Rest<Data> = { readonly [Field in keyof Omit<Data, "scopeId" | "key">]: Data[Field] | undefined };

/** One event of a scope. What is undefined is left out. */
export function fact<Data extends TObject>(
  schema: EventSchema<Data>,
  rest: Rest<Static<Data>>,
  { scopeId, key }: AutonomyNow,
  by: Actor,
): Fact | Unfit {
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return factOf(schema as unknown as EventSchema, { scopeId, key, ...said }, by);
}

/** All of them, or why one does not fit. */
export function acts(...made: readonly (Fact | Unfit)[]): AutonomyDecision {
  const facts: Fact[] = [];
  for (const each of made) {
    if ("kind" in each) return each;
    facts.push(each);
  }
  return facts.length > 0 ? { kind: "acts", facts } : { kind: "quiet" };
}
