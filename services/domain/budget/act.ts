import type { Static, TObject } from "typebox";
import type { EventSchema } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, factOf } from "../fact.ts";
import type { BudgetDecision } from "./commands.ts";

/** What is undefined is left out. */
type Said<Data> = { readonly [Field in keyof Data]: Data[Field] | undefined };

/** One event of a budget, or why it does not fit its schema. */
export const act = <Data extends TObject>(schema: EventSchema<Data>, data: Said<Static<Data>>, by: Actor): BudgetDecision =>
  actAll(schema, [data], by);

/** Several of one kind; quiet when there are none. */
export function actAll<Data extends TObject>(schema: EventSchema<Data>, all: readonly Said<Static<Data>>[], by: Actor): BudgetDecision {
  const facts: Fact[] = [];
  for (const data of all) {
    const said = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    const made = factOf(schema as unknown as EventSchema, said, by);
    if ("kind" in made) return made;
    facts.push(made);
  }
  return facts.length > 0 ? { kind: "acts", facts } : { kind: "quiet" };
}
