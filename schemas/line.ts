import { type Static, Type } from "typebox";
import { type DataOf, event } from "./event.ts";
import { Id, Milliseconds, Name, ShortText } from "./primitives.ts";

/** What a line can be drawn around, from the whole organisation down to one change. */
export const LineScope = Type.Object(
  {
    kind: Type.Union([
      Type.Literal("org"),
      Type.Literal("department"),
      Type.Literal("team"),
      Type.Literal("repo"),
      Type.Literal("agent"),
      Type.Literal("model"),
      Type.Literal("vendor"),
      Type.Literal("policy"),
      Type.Literal("change"),
    ]),
    name: Name,
  },
  { additionalProperties: false },
);
export type LineScope = Static<typeof LineScope>;

/** A word that can be counted and compared: `budget_exceeded`. */
const Code = Type.String({ pattern: "^[a-z][a-z0-9_]{0,63}$" });
const Said = Type.String({ minLength: 1, maxLength: 1024 });
const Ids = Type.Array(Id, { maxItems: 1000 });
const Evidence = Type.Optional(Type.Array(Id, { maxItems: 20 }));
const about = { andonId: Id, scope: LineScope };

export const LinePulled = event(
  "line.pulled",
  1,
  "platform",
  "Somebody pulled the cord. The time to answer is fixed here, so that what follows is a function of this event and the clock.",
  Type.Object({
    ...about,
    symptom: Code,
    /** Ids of what shows it: events, decisions, sessions. */
    evidence: Evidence,
    /** What a person says. An agent's words are content and are not kept. */
    note: Type.Optional(ShortText),
    causeClass: Type.Optional(Code),
    /** The rule that pulled, when no person or agent did. */
    rule: Type.Optional(Code),
    responseMs: Milliseconds,
    escalateMs: Milliseconds,
  }),
);

export const LinePullJoined = event(
  "line.pull.joined",
  1,
  "platform",
  "Pulled while it was pulled already: one pull, both names.",
  Type.Object({
    ...about,
    symptom: Code,
    evidence: Evidence,
    note: Type.Optional(ShortText),
    causeClass: Type.Optional(Code),
    rule: Type.Optional(Code),
  }),
);

export const LineAcknowledged = event("line.acknowledged", 1, "platform", "The owner is looking at it.", Type.Object(about));

export const LineCleared = event(
  "line.cleared",
  1,
  "platform",
  "Put right before the gate: the line never stopped.",
  Type.Object({ ...about, cause: Said }),
);

export const LineStopped = event(
  "line.stopped",
  1,
  "platform",
  "Nothing in the scope is allowed any more.",
  Type.Object({
    ...about,
    because: Type.Union([
      Type.Literal("unanswered"),
      Type.Literal("gate_reached"),
      Type.Literal("confirmed"),
      Type.Literal("repeated_cause"),
      Type.Literal("widened"),
    ]),
    /** The change that reached the gate. */
    changeId: Type.Optional(Id),
  }),
);

export const LineContained = event(
  "line.contained",
  1,
  "platform",
  "The scope is verified, what was under way is listed, what was bad is reverted or fenced, autonomy is frozen.",
  Type.Object({
    ...about,
    scopeVerified: Type.Literal(true),
    autonomyFrozen: Type.Literal(true),
    inFlight: Ids,
    reverted: Ids,
    fenced: Ids,
  }),
);

export const LineCountermeasured = event(
  "line.countermeasured",
  1,
  "platform",
  "A person named the cause and what keeps it from coming back.",
  Type.Object({
    ...about,
    causeClass: Code,
    cause: Said,
    countermeasure: Type.Object(
      {
        kind: Type.Union([
          Type.Literal("fix"),
          Type.Literal("check"),
          Type.Literal("policy"),
          Type.Literal("eval_case"),
          Type.Literal("context_item"),
        ]),
        /** Where it is: a change, a policy version, a case. */
        reference: Name,
      },
      { additionalProperties: false },
    ),
  }),
);

export const LineTrialStarted = event(
  "line.trial.started",
  1,
  "platform",
  "One change may run through the scope, all of it reviewed.",
  Type.Object({ ...about, changeId: Id }),
);

export const LineTried = event(
  "line.tried",
  1,
  "platform",
  "How the trial ended. Failed: the line is contained again.",
  Type.Object({ ...about, changeId: Id, outcome: Type.Union([Type.Literal("passed"), Type.Literal("failed")]) }),
);

export const LineReleased = event(
  "line.released",
  1,
  "platform",
  "A second person signed: work goes on.",
  Type.Object({ ...about, note: Type.Optional(ShortText) }),
);

export const LineClosed = event(
  "line.closed",
  1,
  "platform",
  "Quiet since, and what was learned is on its way to become a standard.",
  Type.Object({ ...about, learning: Name }),
);

const voiding = { ...about, because: Type.Union([Type.Literal("test"), Type.Literal("duplicate")]), note: Said };

export const LineVoidProposed = event(
  "line.void.proposed",
  1,
  "platform",
  "A person says that a pull that holds work back was a test or a duplicate; it goes on to hold until another says so too.",
  Type.Object(voiding),
);

export const LineVoided = event(
  "line.voided",
  1,
  "platform",
  "The pull was a test or a duplicate. It stays on record.",
  Type.Object(voiding),
);

export const LineEscalated = event(
  "line.escalated",
  1,
  "platform",
  "It takes too long, or is too big: the owner of the next larger scope is called.",
  Type.Object({
    ...about,
    because: Type.Union([Type.Literal("overdue"), Type.Literal("asked")]),
    /** Left out when there is nobody above. */
    to: Type.Optional(LineScope),
    /** The larger scope was stopped as well. */
    widened: Type.Boolean(),
  }),
);

export const LineBroadcastAcknowledged = event(
  "line.broadcast.acknowledged",
  1,
  "platform",
  "A runtime heard of a line's new state, so long after it was stored.",
  Type.Object({ ...about, broadcastId: Id, runtimeId: Id, latencyMs: Milliseconds }),
);

export type LinePull = DataOf<typeof LinePulled>;

export const lineEvents = [
  LinePulled,
  LinePullJoined,
  LineAcknowledged,
  LineCleared,
  LineStopped,
  LineContained,
  LineCountermeasured,
  LineTrialStarted,
  LineTried,
  LineReleased,
  LineClosed,
  LineVoidProposed,
  LineVoided,
  LineEscalated,
  LineBroadcastAcknowledged,
] as const;
