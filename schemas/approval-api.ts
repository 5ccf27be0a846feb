import { type Static, type TSchema, Type } from "typebox";
import { ApprovalQuorum } from "./approval.ts";
import { Id, Name, Sha256, ShortText, Timestamp } from "./primitives.ts";

/** What the HTTP API takes and answers about approvals. */

const closed = { additionalProperties: false } as const;
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Union(names.map((name) => Type.Literal(name))) as unknown as ReturnType<typeof Type.Unsafe<Names[number]>>;
const Said = Type.String({ minLength: 10, maxLength: 1024, pattern: "\\S" });

export const ApprovalStatus = literals(["waiting", "approved", "refused", "expired", "revoked", "consumed"]);

const Who = Type.Object({ kind: Type.String(), id: Type.String(), name: Nullable(Type.String()) });

export const ApprovalView = Type.Object({
  id: Id,
  status: ApprovalStatus,
  decisionId: Id,
  /** What a vote names: exactly this is approved, under exactly these policies. */
  digest: Sha256,
  policy: Sha256,
  action: Name,
  /** `policy/rule` of what asks for it. */
  rules: Type.Array(Name),
  needs: Type.Array(ApprovalQuorum),
  fourEyes: Type.Boolean(),
  requester: Who,
  team: Nullable(Type.String()),
  repo: Nullable(Type.String()),
  changeId: Nullable(Type.String()),
  sessionId: Nullable(Type.String()),
  requestedAt: Type.String(),
  expires: Type.String(),
  votes: Type.Array(Type.Object({ by: Who, vote: literals(["approve", "refuse"]), at: Type.String(), onBehalfOf: Nullable(Who) })),
  escalatesAt: Nullable(Type.String()),
  escalated: Type.Boolean(),
  consumedBy: Nullable(Id),
  glass: Nullable(
    Type.Object({ by: Who, reason: Type.String(), due: Type.String(), outcome: Nullable(literals(["justified", "unjustified"])) }),
  ),
  /** Why the one who asks cannot decide it; null: they can. */
  notMine: Nullable(Type.String()),
  /** Others that ask for exactly the same, and can be decided together with it. */
  identical: Type.Array(Id),
});
export type ApprovalView = Static<typeof ApprovalView>;

export const ApprovalInbox = Type.Object({
  /** What waits, what ends first first. */
  items: Type.Array(ApprovalView),
  /** Emergencies that nobody has looked at yet. */
  followUps: Type.Array(ApprovalView),
});
export type ApprovalInbox = Static<typeof ApprovalInbox>;

export const ApprovalDetail = Type.Object({
  approval: ApprovalView,
  /** Earlier ones, decided: the same request, a rule or the repository in common. */
  similar: Type.Array(Type.Object({ by: literals(["request", "rule", "repo"]), approval: ApprovalView })),
});
export type ApprovalDetail = Static<typeof ApprovalDetail>;

/** What is asked, as it was sealed with the decision. Looking at it is recorded. */
export const ApprovalSubject = Type.Object({ action: Type.String(), resource: Type.Object({}), context: Type.Object({}) });
export type ApprovalSubject = Static<typeof ApprovalSubject>;

export const NewVotes = Type.Object(
  {
    approvals: Type.Array(Id, { minItems: 1, maxItems: 200, description: "one, or several that ask for exactly the same" }),
    vote: literals(["approve", "refuse"]),
    digest: Type.String({ ...Sha256, description: "of what was looked at" }),
    reason: Type.Optional(ShortText),
    viewMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000, description: "how long it was looked at" })),
  },
  closed,
);
export type NewVotes = Static<typeof NewVotes>;

export const ApprovalMove = Type.Union([
  Type.Object({ step: Type.Literal("revoke"), reason: Said }, closed),
  Type.Object({ step: Type.Literal("escalate") }, closed),
  Type.Object({ step: Type.Literal("break_glass"), digest: Sha256, reason: Said }, closed),
  Type.Object(
    {
      step: Type.Literal("close_follow_up"),
      outcome: literals(["justified", "unjustified"]),
      reference: Name,
      note: Type.Optional(ShortText),
    },
    closed,
  ),
]);
export type ApprovalMove = Static<typeof ApprovalMove>;

export const Waited = Type.Object({ id: Id, status: ApprovalStatus });
export type Waited = Static<typeof Waited>;

export const NewDelegation = Type.Object(
  { to: Id, roles: Type.Array(Name, { minItems: 1, maxItems: 20 }), until: Timestamp, reason: Type.Optional(ShortText) },
  closed,
);
export type NewDelegation = Static<typeof NewDelegation>;
export const DelegationList = Type.Object({
  items: Type.Array(Type.Object({ id: Id, to: Who, roles: Type.Array(Type.String()), until: Type.String(), over: Type.Boolean() })),
});
export type DelegationList = Static<typeof DelegationList>;
