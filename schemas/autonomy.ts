import { type Static, type TProperties, Type } from "typebox";
import { event } from "./event.ts";
import { Count, Id, Name, Sha256, Timestamp } from "./primitives.ts";

/** What a level of autonomy is earned for. A grant is never for an agent as such. */
export const AutonomyKey = Type.Object(
  {
    /** Digest of harness, model, prompt, tools and policy: another configuration is another agent. */
    config: Sha256,
    /** Name of a set of paths in a repository. */
    pathSet: Name,
    changeClass: Type.Union([
      Type.Literal("feature"),
      Type.Literal("bug"),
      Type.Literal("chore"),
      Type.Literal("security"),
      Type.Literal("migration"),
      Type.Literal("incident"),
    ]),
    riskTier: Type.Integer({ minimum: 0, maximum: 3 }),
  },
  { additionalProperties: false },
);
export type AutonomyKey = Static<typeof AutonomyKey>;

/** 0 manual, 1 task offload, 2 pairing, 3 managed, 4 supervised, 5 dark. */
const Level = Type.Integer({ minimum: 0, maximum: 5 });
const Word = Type.String({ pattern: "^[a-z][a-z0-9_]{0,59}$" });
const Short = Type.String({ maxLength: 256 });

/** A lower bound with the numbers it was worked out from. */
const Bound = Type.Object(
  {
    of: Type.Union([Type.Literal("trials"), Type.Literal("pairs"), Type.Literal("predecessor")]),
    /** Verdicts after `from` and up to `to` were counted. */
    from: Type.Optional(Timestamp),
    to: Type.Optional(Timestamp),
    trials: Count,
    successes: Count,
    /** 95 % Wilson. */
    lower: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
);
export type Bound = Static<typeof Bound>;

const Condition = Type.Object(
  {
    id: Word,
    met: Type.Boolean(),
    /** `unknown` when nobody measured it: then it is not met. */
    value: Short,
    needed: Short,
    /** Where the value was read. */
    source: Type.Optional(Id),
  },
  { additionalProperties: false },
);
export type Condition = Static<typeof Condition>;

/** Why a level moved: enough to work the rule out again from the stream. */
export const Evidence = Type.Object(
  {
    /** Events of the scope's stream that were known. */
    events: Count,
    bounds: Type.Array(Bound, { maxItems: 4 }),
    conditions: Type.Array(Condition, { maxItems: 32 }),
    /** Incidents, decisions, trials that the rule was about. */
    refs: Type.Array(Id, { maxItems: 100 }),
  },
  { additionalProperties: false },
);
export type Evidence = Static<typeof Evidence>;

const Role = Type.Union([
  Type.Literal("team_lead"),
  Type.Literal("policy_owner"),
  Type.Literal("service_owner"),
  Type.Literal("executive"),
]);
export type Role = Static<typeof Role>;

const Signature = Type.Object({ personId: Id, role: Role, at: Timestamp, reviewId: Type.Optional(Id) }, { additionalProperties: false });
export type Signature = Static<typeof Signature>;
const Signatures = Type.Array(Signature, { maxItems: 4 });

/** Every event says itself which scope it is about. */
const autonomyEvent = <Fields extends TProperties>(name: string, summary: string, fields: Fields) =>
  event(`autonomy.${name}`, 1, "platform", summary, Type.Object({ scopeId: Id, key: AutonomyKey, ...fields }));

const move = { from: Level, to: Level, rule: Word, evidence: Evidence } as const;

export const TrialRecorded = autonomyEvent("trial.recorded", "A change that was finished under the scope reached its verdict.", {
  /** The change. */
  trialId: Id,
  /** When the verdict was reached. */
  finishedAt: Timestamp,
  merged: Type.Boolean(),
  gatesGreen: Type.Boolean(),
  /** Two weeks after the merge. */
  durable: Type.Boolean(),
  /** Actions that were denied and executed all the same. */
  deniedExecuted: Count,
  /** The gravest incident linked to it, 1 the worst; null: none. */
  worstIncident: Type.Union([Type.Integer({ minimum: 1, maximum: 5 }), Type.Null()]),
  agentLines: Count,
  /** Of these, changed by the reviewer. */
  changedLines: Count,
  outcome: Type.Union([Type.Literal("success"), Type.Literal("failure")]),
  failures: Type.Array(Word, { maxItems: 8 }),
});

export const PromotionProposed = autonomyEvent("promotion.proposed", "The evidence for a level is complete; it waits for signatures.", {
  proposalId: Id,
  ...move,
  /** Unsigned until then, it is void. */
  lapses: Timestamp,
  /** When the grant would end. */
  until: Type.Optional(Timestamp),
});

export const PromotionSigned = autonomyEvent("promotion.signed", "A person signed a proposed promotion.", {
  proposalId: Id,
  role: Role,
  reviewId: Type.Optional(Id),
});

export const Granted = autonomyEvent("granted", "A scope that had no level, or lost it, has one: on probation.", {
  proposalId: Id,
  ...move,
  signatures: Signatures,
  until: Type.Optional(Timestamp),
});

export const Promoted = autonomyEvent("promoted", "A scope rose to a level: on probation.", {
  /** Left out when a rule restores a level after shadow trials. */
  proposalId: Type.Optional(Id),
  ...move,
  signatures: Signatures,
  until: Type.Optional(Timestamp),
});

export const Activated = autonomyEvent("activated", "Probation is over.", { level: Level, rule: Word, evidence: Evidence });
export const Demoted = autonomyEvent("demoted", "A rule took a scope down.", move);
export const Suspended = autonomyEvent("suspended", "A rule took all autonomy away until a review.", move);
export const Expired = autonomyEvent("expired", "A grant came to its end.", move);
export const Frozen = autonomyEvent("frozen", "The scope keeps its level and cannot act.", {
  level: Level,
  rule: Word,
  evidence: Evidence,
});
export const Unfrozen = autonomyEvent("unfrozen", "One reason for which the scope was frozen is gone.", { ref: Id, level: Level });

export const ShadowStarted = autonomyEvent(
  "shadow.started",
  "The agent's configuration changed: a new scope begins lower and proves itself beside the old one.",
  {
    /** The scope of the old configuration. */
    predecessor: Id,
    ...move,
  },
);

export const ShadowRecorded = autonomyEvent("shadow.recorded", "Old and new configuration did the same work; both results are known.", {
  pairId: Id,
  success: Type.Boolean(),
  predecessorSuccess: Type.Boolean(),
});

export const autonomyEvents = [
  TrialRecorded,
  PromotionProposed,
  PromotionSigned,
  Granted,
  Promoted,
  Activated,
  Demoted,
  Suspended,
  Expired,
  Frozen,
  Unfrozen,
  ShadowStarted,
  ShadowRecorded,
] as const;
