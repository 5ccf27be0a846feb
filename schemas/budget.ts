import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { Count, Id, Name, PicoUsd, ShortText, Timestamp } from "./primitives.ts";

/** Whose spending a budget holds: everything, or what carries this name. A model counts under its plain name, whoever serves it. */
export const BudgetScope = Type.Object(
  {
    kind: Type.Union([
      Type.Literal("org"),
      Type.Literal("department"),
      Type.Literal("team"),
      Type.Literal("feature"),
      Type.Literal("agent"),
      Type.Literal("model"),
    ]),
    /** An agent is named by its id. */
    name: Name,
  },
  { additionalProperties: false },
);
export type BudgetScope = Static<typeof BudgetScope>;

/** `week` begins on Monday. `total` begins on the budget's first day and has no end. */
export const BudgetPeriod = Type.Union([Type.Literal("day"), Type.Literal("week"), Type.Literal("month"), Type.Literal("total")]);
export type BudgetPeriod = Static<typeof BudgetPeriod>;

/** Pico-dollars that cannot be negative. */
const Amount = Type.String({ pattern: "^\\d{1,30}$" });
/** A day of the calendar in the budget's time zone. */
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });

const AtSoft = Type.Union([Type.Literal("warn"), Type.Literal("require_approval")]);
const AtHard = Type.Union([Type.Literal("require_approval"), Type.Literal("deny")]);

/** Spending goes on beyond it, after what is said here. */
const SoftLimit = Type.Object({ pico: Amount, atCrossing: AtSoft }, { additionalProperties: false });
/** Nothing is reserved beyond it; `require_approval`: an approved override can raise it, `deny`: a change of the budget alone. */
const HardLimit = Type.Object({ pico: Amount, atCrossing: AtHard }, { additionalProperties: false });

export const BudgetSet = event(
  "budget.set",
  1,
  "platform",
  "A budget was set. What it holds, for how long and where its days begin stay as they are; limits can change.",
  Type.Object({
    budgetId: Id,
    name: Name,
    scope: BudgetScope,
    period: BudgetPeriod,
    /** IANA name: periods begin and end at this zone's midnight. */
    zone: Type.String({ minLength: 1, maxLength: 64 }),
    /** Nothing that happened before this day counts. */
    starts: Day,
    currency: Type.Literal("USD"),
    soft: Type.Optional(SoftLimit),
    hard: Type.Optional(HardLimit),
  }),
);

export const BudgetChanged = event(
  "budget.changed",
  1,
  "platform",
  "A budget's name or limits were changed. Null takes a limit away.",
  Type.Object({
    budgetId: Id,
    name: Type.Optional(Name),
    soft: Type.Optional(Type.Union([SoftLimit, Type.Null()])),
    hard: Type.Optional(Type.Union([HardLimit, Type.Null()])),
  }),
);

export const BudgetClosed = event(
  "budget.closed",
  1,
  "platform",
  "A budget holds nothing any more and counts nothing any more.",
  Type.Object({ budgetId: Id, reason: Type.Optional(ShortText) }),
);

export const BudgetReserved = event(
  "budget.reserved",
  1,
  "platform",
  "An amount was set aside for something that is about to happen.",
  Type.Object({
    budgetId: Id,
    /** The same in every budget that contains the request. */
    reservationId: Id,
    pico: Amount,
    agentId: Id,
    sessionId: Type.Optional(Id),
    /** From this moment on it holds nothing, also when nobody says so. */
    expires: Timestamp,
    /** What let it pass a soft limit that asks for an approval. */
    approvalId: Type.Optional(Id),
  }),
);

export const BudgetSettled = event(
  "budget.settled",
  1,
  "platform",
  "What was reserved has its actual cost.",
  Type.Object({
    budgetId: Id,
    reservationId: Id,
    /** The actual cost. */
    pico: Amount,
    /** The ledger entry under which the same use is counted, so that it counts once. Left out: it is not reported otherwise. */
    entry: Type.Optional(Id),
    day: Day,
    /** What this adds to the day: all of it, or nothing when the ledger's entry was counted before. */
    spent: Amount,
    /** The reservation was released before. */
    late: Type.Boolean(),
  }),
);

export const BudgetReleased = event(
  "budget.released",
  1,
  "platform",
  "A reservation holds nothing any more.",
  Type.Object({
    budgetId: Id,
    reservationId: Id,
    because: Type.Union([
      Type.Literal("asked"),
      /** Its session reported a call, which counts as spent. */
      Type.Literal("reported"),
      Type.Literal("expired"),
      /** Another budget of the same request refused. */
      Type.Literal("incomplete"),
    ]),
  }),
);

export const BudgetCounted = event(
  "budget.counted",
  1,
  "platform",
  "Movements of the cost ledger up to a position of the log were counted, reserved before or not. Each counts once.",
  Type.Object({
    budgetId: Id,
    /** Position of the log: what lies up to it is in this budget, what lies beyond is not. Empty: before the first event. */
    upTo: Type.String({ maxLength: 64 }),
    movements: Count,
    /** What it adds to each day, in the budget's zone; a settlement that a movement replaces is taken off. */
    days: Type.Array(Type.Object({ day: Day, pico: PicoUsd }, { additionalProperties: false }), { maxItems: 8_000 }),
    /** The entries among them that a settlement named or may still name. */
    entries: Type.Array(Id, { maxItems: 5_000 }),
  }),
);

export const BudgetCrossed = event(
  "budget.crossed",
  1,
  "platform",
  "Spent and reserved reached a limit. Said once per period and limit.",
  Type.Object({
    budgetId: Id,
    limit: Type.Union([Type.Literal("soft"), Type.Literal("hard")]),
    atCrossing: Type.Union([AtSoft, Type.Literal("deny")]),
    /** First day of the period. */
    period: Day,
    /** The limit in force, overrides included. */
    pico: Amount,
    spent: PicoUsd,
    reserved: Amount,
  }),
);

export const BudgetOverridden = event(
  "budget.overridden",
  1,
  "platform",
  "An approval raised the budget's limits by an amount, until a moment.",
  Type.Object({ budgetId: Id, approvalId: Id, pico: Amount, until: Timestamp }),
);

export const budgetEvents = [
  BudgetSet,
  BudgetChanged,
  BudgetClosed,
  BudgetReserved,
  BudgetSettled,
  BudgetReleased,
  BudgetCounted,
  BudgetCrossed,
  BudgetOverridden,
] as const;
