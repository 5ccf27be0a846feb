import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { literals } from "./literals.ts";
import { ContentRef, Count, DecimalUsd, Id, Name, Sha256, Timestamp } from "./primitives.ts";

/** Limits of decisions. What is beyond them is refused before it costs anything. */
export const DECISION_LIMITS = {
  /** Bytes of the engine's input as canonical JSON. A wasm evaluation costs about 2.5 µs per KiB and cannot be interrupted. */
  inputBytes: 256 * 1024,
  /** Bytes of the effective settings as canonical JSON. */
  dataBytes: 256 * 1024,
  findings: 200,
  obligations: 50,
} as const;

const closed = { additionalProperties: false } as const;

/** Name of a policy, a rule or an obligation's kind. */
export const PolicyWord = Type.String({ pattern: "^[a-z][a-z0-9_]{0,63}$" });
/** A sentence that says what, why and what to do. Never content, never a secret. */
const Reason = Type.String({ minLength: 1, maxLength: 1000 });
const Text = Type.String({ maxLength: 200_000 });
const Path = Type.String({ maxLength: 4096 });
const Paths = Type.Array(Path, { maxItems: 5000 });
const Sha = Type.String({ pattern: "^[0-9a-f]{7,64}$" });
const Lines = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

/** What an agent asks about. Names of its own are allowed; without a policy that covers them they are denied. */
const ActionName = Type.String({ pattern: "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,4}$", maxLength: 100 });

export const ToolCall = Type.Object(
  {
    tool: Name,
    /** Left out: `execute` for what has a command, else `other`. */
    class: Type.Optional(literals(["read", "write", "execute", "network", "install", "delegate", "other"])),
    command: Type.Optional(Text),
    paths: Type.Optional(Paths),
    urls: Type.Optional(Type.Array(Type.String({ maxLength: 8192 }), { maxItems: 500 })),
    arguments: Type.Optional(Type.Object({})),
  },
  closed,
);

export const ModelCall = Type.Object(
  { provider: Name, model: Name, promptTokens: Type.Optional(Count), estimatedCost: Type.Optional(DecimalUsd) },
  closed,
);

export const PromptSubmit = Type.Object({ length: Type.Optional(Count), text: Type.Optional(Text) }, closed);

export const ChangeMerge = Type.Object(
  {
    repo: Name,
    change: Id,
    sha: Sha,
    base: Type.Optional(Name),
    paths: Type.Optional(Paths),
    added: Type.Optional(Lines),
    removed: Type.Optional(Lines),
    riskTier: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
    class: Type.Optional(literals(["feature", "bug", "chore", "security", "migration"])),
    author: Type.Optional(Type.Object({ kind: literals(["human", "agent", "service"]), id: Id }, closed)),
  },
  closed,
);

export const ChangeDeploy = Type.Object(
  { service: Name, environment: Name, sha: Sha, changes: Type.Optional(Type.Array(Id, { maxItems: 500 })) },
  closed,
);

/**
 * What the agent says about where it works. Never trusted for who it is. Fields of an organisation's own are allowed: its
 * policies may read them.
 */
const RequestContext = Type.Object(
  {
    workspace: Type.Optional(Path),
    cwd: Type.Optional(Path),
    sandbox: Type.Optional(
      Type.Object(
        {
          kind: Name,
          network: literals(["none", "restricted", "full"]),
          attested: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    dataClass: Type.Optional(Name),
    branch: Type.Optional(Name),
    repo: Type.Optional(Name),
    feature: Type.Optional(Name),
    changeId: Type.Optional(Id),
    estimatedCost: Type.Optional(DecimalUsd),
    // Who asks, and for which team, the credential says.
    agent: Type.Optional(Type.Never()),
    team: Type.Optional(Type.Never()),
  },
  { maxProperties: 100 },
);

/** "May I?" Who asks is taken from the credential. */
export const DecisionRequest = Type.Object(
  {
    /** The same id of the same agent is the same request: it is decided once. */
    id: Type.Optional(Type.String({ ...Id, description: "the same id again is answered with the same decision" })),
    action: ActionName,
    resource: Type.Object({}, { description: "what is acted on; its fields depend on the action" }),
    context: Type.Optional(RequestContext),
    session: Type.Optional(Id),
    dryRun: Type.Optional(Type.Boolean({ description: "answer without recording, reserving or asking anybody anything" })),
    explain: Type.Optional(Type.Boolean({ description: "also say which policies and rules were looked at" })),
  },
  closed,
);
export type DecisionRequest = Static<typeof DecisionRequest>;

export const DecisionEffect = literals(["allow", "deny", "require_approval"]);
export type DecisionEffect = Static<typeof DecisionEffect>;

const FindingEffect = literals(["deny", "require_approval", "modify", "warn"]);

/** Something to be done by whoever acts on an allow. Further fields depend on the kind. */
const Obligation = Type.Object({ kind: PolicyWord });

export const ApprovalNeed = Type.Object(
  {
    class: PolicyWord,
    quorum: Type.Integer({ minimum: 1, maximum: 20 }),
    roles: Type.Array(PolicyWord, { maxItems: 20 }),
    expiresMinutes: Type.Integer({ minimum: 1, maximum: 60 * 24 * 90 }),
  },
  closed,
);
export type ApprovalNeed = Static<typeof ApprovalNeed>;

/** What a policy objects to. None can grant: allow is the absence of objections where some policy covers the action. */
export const Finding = Type.Object(
  {
    policy: PolicyWord,
    effect: FindingEffect,
    rule: PolicyWord,
    reason: Reason,
    article: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    obligations: Type.Optional(Type.Array(Obligation, { maxItems: DECISION_LIMITS.obligations })),
    hard: Type.Optional(Type.Boolean()),
    approval: Type.Optional(ApprovalNeed),
    modify: Type.Optional(Type.Object({})),
  },
  closed,
);
export type Finding = Static<typeof Finding>;

/** What the policies say, as they say it. */
export const PolicyResult = Type.Object(
  {
    findings: Type.Array(Finding, { maxItems: DECISION_LIMITS.findings }),
    covered_by: Type.Array(PolicyWord, { maxItems: 100 }),
  },
  closed,
);
export type PolicyResult = Static<typeof PolicyResult>;

const reasonFields = {
  policy: PolicyWord,
  rule: PolicyWord,
  effect: FindingEffect,
  reason: Reason,
  article: Type.Optional(Type.String({ maxLength: 200 })),
};

export const DecisionReason = Type.Object({ ...reasonFields, page: Type.String({ maxLength: 300 }) }, closed);
export type DecisionReason = Static<typeof DecisionReason>;

const ApprovalRef = Type.Object({ id: Id, status: literals(["requested", "approved"]) }, closed);
export type ApprovalRef = Static<typeof ApprovalRef>;

/** Which policies and rules were looked at. */
const Explanation = Type.Object(
  {
    policies: Type.Array(
      Type.Object(
        {
          policy: PolicyWord,
          covers: Type.Boolean(),
          rules: Type.Array(Type.Object({ rule: PolicyWord, fired: Type.Boolean(), page: Type.String({ maxLength: 300 }) }, closed), {
            maxItems: 500,
          }),
        },
        closed,
      ),
      { maxItems: 200 },
    ),
    engine: Type.String({ maxLength: 300 }),
    engineUs: Type.Integer({ minimum: 0 }),
  },
  closed,
);
export type Explanation = Static<typeof Explanation>;

export const DecisionAnswer = Type.Object(
  {
    id: Id,
    effect: DecisionEffect,
    reasons: Type.Array(DecisionReason),
    obligations: Type.Array(Obligation),
    /** Digests: of the policy bundle, of the settings, of the input. Together they determine the answer. */
    policy: Sha256,
    data: Sha256,
    input: Sha256,
    expires: Timestamp,
    approval: Type.Optional(ApprovalRef),
    dryRun: Type.Optional(Type.Boolean()),
    explain: Type.Optional(Explanation),
  },
  closed,
);
export type DecisionAnswer = Static<typeof DecisionAnswer>;

export const DecisionMade = event(
  "decision.made",
  1,
  "platform",
  "An agent asked and was answered. The digests of policy, data and input determine the answer: it can be computed again.",
  Type.Object({
    decisionId: Id,
    /** Id the agent gave its request, and what it asked for: SHA-256 of the canonical request. */
    requestId: Type.Optional(Id),
    request: Sha256,
    door: literals(["http", "nats", "hook"]),
    action: ActionName,
    agentId: Id,
    team: Name,
    department: Type.Optional(Name),
    repo: Type.Optional(Name),
    feature: Type.Optional(Name),
    sessionId: Type.Optional(Id),
    changeId: Type.Optional(Id),
    effect: DecisionEffect,
    reasons: Type.Array(Type.Object(reasonFields, closed), { maxItems: DECISION_LIMITS.findings + 10 }),
    /** Kinds alone: what they say may quote content, and follows from the digests. */
    obligations: Type.Array(PolicyWord, { maxItems: 100 }),
    coveredBy: Type.Array(PolicyWord, { maxItems: 100 }),
    /** `evaluated`, or how the engine failed. */
    engine: PolicyWord,
    engineUs: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    stage: literals(["active", "canary"]),
    policy: Sha256,
    data: Sha256,
    input: Sha256,
    /** The input, sealed. */
    sealed: ContentRef,
    expires: Timestamp,
    approval: Type.Optional(ApprovalRef),
  }),
);
export type DecisionRecord = Static<typeof DecisionMade.data>;

export const decisionEvents = [DecisionMade] as const;
