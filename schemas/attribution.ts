import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { Name, ShortText } from "./primitives.ts";

const matchers = {
  team: Type.Optional(Name),
  agent: Type.Optional(Name),
  vendor: Type.Optional(Name),
  repo: Type.Optional(Name),
  branch: Type.Optional(Name),
  ticket: Type.Optional(Name),
} as const;

/** Fills what an event does not say itself. `*` in a matcher stands for any run of characters. First match wins per field. */
export const AttributionRule = Type.Object(
  {
    when: Type.Object(matchers, { additionalProperties: false, minProperties: 1 }),
    set: Type.Object(
      { feature: Type.Optional(Name), repo: Type.Optional(Name), ticket: Type.Optional(Name), changekind: Type.Optional(Name) },
      { additionalProperties: false, minProperties: 1 },
    ),
    note: Type.Optional(ShortText),
  },
  { additionalProperties: false },
);
export type AttributionRule = Static<typeof AttributionRule>;

export const AttributionRulesSet = event(
  "attribution.rules.set",
  1,
  "platform",
  "The whole list of attribution rules, in order. Applies to what arrives afterwards.",
  Type.Object({ rules: Type.Array(AttributionRule, { maxItems: 1000 }) }),
);

export const attributionEvents = [AttributionRulesSet] as const;
