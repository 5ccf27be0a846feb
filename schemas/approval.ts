import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { Id, Milliseconds, Name, Sha256, ShortText, Timestamp } from "./primitives.ts";

/** Name of a class, a role or a rule. */
const Word = Type.String({ pattern: "^[a-z][a-z0-9_]{0,63}$" });
const Roles = Type.Array(Word, { maxItems: 20 });
const Said = Type.String({ minLength: 10, maxLength: 1024 });

/** Whose yes it takes: so many different people, each with one of the roles. No roles: anybody who may approve. */
export const ApprovalQuorum = Type.Object(
  { class: Word, quorum: Type.Integer({ minimum: 1, maximum: 20 }), roles: Roles },
  { additionalProperties: false },
);
export type ApprovalQuorum = Static<typeof ApprovalQuorum>;

export const ApprovalRequested = event(
  "approval.requested",
  1,
  "platform",
  "People are asked whether exactly this may be done. The event's actor is who asks.",
  Type.Object({
    approvalId: Id,
    decisionId: Id,
    /** SHA-256 of exactly what is approved, and of the policies that ask for it. */
    digest: Sha256,
    policy: Sha256,
    /** Each has to be met. */
    needs: Type.Array(ApprovalQuorum, { minItems: 1, maxItems: 20 }),
    /** Two people see it besides an agent that asks; none of them is an author of it. */
    fourEyes: Type.Boolean(),
    /** Whose work it is. */
    authors: Type.Array(
      Type.Object({ kind: Type.Union([Type.Literal("human"), Type.Literal("agent")]), id: Id }, { additionalProperties: false }),
      { maxItems: 50 },
    ),
    expires: Timestamp,
    /** Who may answer as well when nobody has by then. */
    escalation: Type.Optional(Type.Object({ at: Timestamp, roles: Roles }, { additionalProperties: false })),
    action: Name,
    resource: Sha256,
    /** `policy/rule` of what asks for it. */
    rules: Type.Array(Name, { maxItems: 50 }),
    team: Type.Optional(Name),
    repo: Type.Optional(Name),
    changeId: Type.Optional(Id),
    sessionId: Type.Optional(Id),
  }),
);

export const ApprovalVoted = event(
  "approval.voted",
  1,
  "platform",
  "A person said yes or no to what has this digest.",
  Type.Object({
    approvalId: Id,
    vote: Type.Union([Type.Literal("approve"), Type.Literal("refuse")]),
    digest: Sha256,
    policy: Sha256,
    /** The roles that the vote counts with. */
    roles: Roles,
    /** Who gave the voter these roles for a while. */
    onBehalfOf: Type.Optional(Id),
    reason: Type.Optional(ShortText),
    /** How long it was looked at. */
    viewMs: Type.Optional(Milliseconds),
  }),
);

export const ApprovalViewed = event(
  "approval.viewed",
  1,
  "platform",
  "A person was shown what is asked, which is sealed otherwise.",
  Type.Object({ approvalId: Id, digest: Sha256 }),
);

export const ApprovalDecided = event(
  "approval.decided",
  1,
  "platform",
  "Enough people said yes, or one said no.",
  Type.Object({
    approvalId: Id,
    outcome: Type.Union([Type.Literal("approved"), Type.Literal("refused")]),
    /** How many different people it rests on. */
    people: Type.Integer({ minimum: 1, maximum: 1000 }),
  }),
);

export const ApprovalConsumed = event(
  "approval.consumed",
  1,
  "platform",
  "The approval was used, by this decision. It is worth nothing from now on.",
  Type.Object({ approvalId: Id, decisionId: Id, digest: Sha256, policy: Sha256 }),
);

export const ApprovalExpired = event(
  "approval.expired",
  1,
  "platform",
  "Its time was up before it was decided, or before it was used.",
  Type.Object({ approvalId: Id, was: Type.Union([Type.Literal("waiting"), Type.Literal("approved")]) }),
);

export const ApprovalRevoked = event(
  "approval.revoked",
  1,
  "platform",
  "Taken back before it was used.",
  Type.Object({ approvalId: Id, reason: ShortText }),
);

export const ApprovalEscalated = event(
  "approval.escalated",
  1,
  "platform",
  "Nobody answered, or somebody asked for it: these roles may answer as well.",
  Type.Object({ approvalId: Id, because: Type.Union([Type.Literal("overdue"), Type.Literal("asked")]), roles: Roles }),
);

export const ApprovalGlassBroken = event(
  "approval.glass.broken",
  1,
  "platform",
  "An emergency: one person approved instead of the quorum, and will have to explain it.",
  Type.Object({ approvalId: Id, digest: Sha256, policy: Sha256, reason: Said, followUpDue: Timestamp }),
);

export const ApprovalFollowUpClosed = event(
  "approval.followup.closed",
  1,
  "platform",
  "Another person looked at the emergency and said what to think of it.",
  Type.Object({
    approvalId: Id,
    outcome: Type.Union([Type.Literal("justified"), Type.Literal("unjustified")]),
    /** Where it is written down: an incident, a review. */
    reference: Name,
    note: Type.Optional(ShortText),
  }),
);

export const ApprovalDelegated = event(
  "approval.delegated",
  1,
  "platform",
  "A person lends own roles to another until a moment. The event's actor is who lends.",
  Type.Object({
    delegationId: Id,
    to: Id,
    roles: Type.Array(Word, { minItems: 1, maxItems: 20 }),
    until: Timestamp,
    reason: Type.Optional(ShortText),
  }),
);

export const ApprovalDelegationEnded = event(
  "approval.delegation.ended",
  1,
  "platform",
  "The roles went back before their time.",
  Type.Object({ delegationId: Id }),
);

export const approvalEvents = [
  ApprovalRequested,
  ApprovalViewed,
  ApprovalVoted,
  ApprovalDecided,
  ApprovalConsumed,
  ApprovalExpired,
  ApprovalRevoked,
  ApprovalEscalated,
  ApprovalGlassBroken,
  ApprovalFollowUpClosed,
  ApprovalDelegated,
  ApprovalDelegationEnded,
] as const;
