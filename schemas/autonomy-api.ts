import { type Static, type TSchema, Type } from "typebox";
import { AutonomyKey, Evidence } from "./autonomy.ts";
import { Count, Id, Name, Timestamp } from "./primitives.ts";

/** What the HTTP API takes and answers about autonomy. */

const closed = { additionalProperties: false } as const;
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Union(names.map((name) => Type.Literal(name))) as unknown as ReturnType<typeof Type.Unsafe<Names[number]>>;
const Level = Type.Integer({ minimum: 0, maximum: 5 });

/** What a level is for: an agent's configuration, a set of paths, a class of change, a risk tier. */
export const ScopeAsked = Type.Object({ agent: Id, ...omit(AutonomyKey.properties, "config") }, closed);
export type ScopeAsked = Static<typeof ScopeAsked>;

function omit<Fields extends object, Name extends keyof Fields>(fields: Fields, name: Name): Omit<Fields, Name> {
  const { [name]: _, ...rest } = fields;
  return rest;
}

export const AutonomyView = Type.Object({
  id: Id,
  /** null: a configuration of no registered agent. */
  agent: Nullable(Id),
  agentName: Nullable(Type.String()),
  pathSet: Type.String(),
  changeClass: Type.String(),
  riskTier: Type.Integer(),
  level: Level,
  state: literals(["none", "probation", "active", "frozen", "suspended", "expired"]),
  /** Its work is judged beside the old configuration's. */
  shadow: Type.Boolean(),
  frozenFor: Type.Array(Type.String()),
  since: Type.String(),
  until: Nullable(Type.String()),
  /** Verdicts of the last 90 days, and the 95 % Wilson lower bound of their success. */
  trials: Type.Object({ trials: Count, successes: Count, lower: Type.Number() }),
  /** Reviewed in full until so many are done. */
  probationLeft: Count,
  proposal: Nullable(
    Type.Object({
      id: Id,
      to: Level,
      lapses: Type.String(),
      signatures: Type.Array(Type.Object({ personId: Id, name: Nullable(Type.String()), role: Type.String(), at: Type.String() })),
      signers: Type.Array(Type.String()),
    }),
  ),
});
export type AutonomyView = Static<typeof AutonomyView>;

export const AutonomyList = Type.Object({ items: Type.Array(AutonomyView) });

const Measured = Type.Object({ value: Type.Union([Type.Number(), Type.Boolean()]), source: Id }, closed);

export const NewProposal = Type.Object(
  {
    scope: ScopeAsked,
    to: Level,
    measures: Type.Optional(
      Type.Record(Type.String({ pattern: "^[a-z][a-z0-9_]{0,59}$" }), Measured, {
        maxProperties: 40,
        description: "what is measured elsewhere, with where it was read",
      }),
    ),
    until: Type.Optional(Timestamp),
  },
  closed,
);
export type NewProposal = Static<typeof NewProposal>;

/** Proposed, or all the evidence with what of it is missing. */
export const Proposed = Type.Union([
  Type.Object({ proposed: Type.Literal(true), proposalId: Id, scope: AutonomyView }),
  Type.Object({ proposed: Type.Literal(false), reason: Type.String(), evidence: Evidence }),
]);
export type Proposed = Static<typeof Proposed>;

export const NewSignature = Type.Object(
  {
    scope: ScopeAsked,
    proposalId: Id,
    role: literals(["team_lead", "policy_owner", "service_owner", "executive"]),
    reviewId: Type.Optional(Id),
  },
  closed,
);
export type NewSignature = Static<typeof NewSignature>;

const report = <Rule extends string, Fields extends Record<string, TSchema>>(rules: readonly Rule[], fields: Fields) =>
  Type.Object({ rule: literals(rules), ref: Id, ...fields }, closed);

/** Something that takes autonomy away at once. */
export const NewReport = Type.Object(
  {
    scope: ScopeAsked,
    report: Type.Union([
      report(["incident"], { severity: Type.Integer({ minimum: 1, maximum: 5 }) }),
      report(["action_above_level", "secret_exposed", "sandbox_escaped", "holdback_failed", "holdback_contaminated", "line_red"], {}),
      report(["rubber_stamp"], { share: Type.Number({ minimum: 0, maximum: 1 }), days: Count }),
      report(["flow_negative"], { value: Type.Number() }),
    ]),
  },
  closed,
);
export type NewReport = Static<typeof NewReport>;

export const NewTrial = Type.Object(
  {
    scope: ScopeAsked,
    trial: Type.Object(
      {
        trialId: Id,
        finishedAt: Timestamp,
        merged: Type.Boolean(),
        gatesGreen: Type.Boolean(),
        durable: Type.Boolean(),
        deniedExecuted: Count,
        worstIncident: Nullable(Type.Integer({ minimum: 1, maximum: 5 })),
        agentLines: Count,
        changedLines: Count,
      },
      closed,
    ),
  },
  closed,
);
export type NewTrial = Static<typeof NewTrial>;

export const Unfreezing = Type.Object({ scope: ScopeAsked, ref: Name }, closed);
export type Unfreezing = Static<typeof Unfreezing>;
