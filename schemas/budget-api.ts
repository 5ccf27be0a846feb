import { type Static, type TSchema, Type } from "typebox";
import { BudgetPeriod, BudgetScope } from "./budget.ts";
import { DecimalUsd, Id, Name } from "./primitives.ts";

/** What the HTTP API takes and answers about budgets. Amounts are US dollars as decimal strings. */

const closed = { additionalProperties: false } as const;

/** US dollars that cannot be negative. */
const Amount = Type.String({ pattern: "^\\d{1,15}(\\.\\d{1,12})?$", description: "US dollars" });
const Currency = Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "USD, the only currency of the ledger" }));

const softActs = Type.Union([Type.Literal("warn"), Type.Literal("require_approval")]);
const hardActs = Type.Union([Type.Literal("require_approval"), Type.Literal("deny")]);

const SoftLimitAsked = Type.Object({ amount: Amount, currency: Currency, atCrossing: softActs }, closed);
const HardLimitAsked = Type.Object({ amount: Amount, currency: Currency, atCrossing: hardActs }, closed);

export const NewBudget = Type.Object(
  {
    name: Name,
    scope: BudgetScope,
    period: BudgetPeriod,
    zone: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "IANA time zone; the organisation's unless said otherwise" }),
    ),
    starts: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "first day that counts" })),
    soft: Type.Optional(SoftLimitAsked),
    hard: Type.Optional(HardLimitAsked),
  },
  closed,
);
export type NewBudget = Static<typeof NewBudget>;

export const BudgetChange = Type.Object(
  {
    name: Type.Optional(Name),
    soft: Type.Optional(Type.Union([SoftLimitAsked, Type.Null()])),
    hard: Type.Optional(Type.Union([HardLimitAsked, Type.Null()])),
  },
  { ...closed, minProperties: 1 },
);
export type BudgetChange = Static<typeof BudgetChange>;

const Limit = Type.Object({
  hard: Type.Boolean(),
  atCrossing: Type.Union([Type.Literal("warn"), Type.Literal("require_approval"), Type.Literal("deny")]),
  /** In force, overrides included. */
  limit: DecimalUsd,
  /** Negative when more was spent than the limit allows. */
  left: DecimalUsd,
  /** Spent and reserved have reached the limit. */
  crossed: Type.Boolean(),
});

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const BudgetView = Type.Object({
  id: Id,
  name: Name,
  scope: BudgetScope,
  period: BudgetPeriod,
  zone: Type.String(),
  /** First day of the running period, and the first that no longer belongs to it; null: it has no end. */
  from: Type.String(),
  to: Nullable(Type.String()),
  spent: DecimalUsd,
  reserved: DecimalUsd,
  limits: Type.Array(Limit),
  overrides: Type.Array(Type.Object({ approvalId: Id, amount: DecimalUsd, until: Type.String() })),
  /** Burn rate over the last seven days, US dollars per hour; null: nothing to look back on yet. */
  perHour: Nullable(DecimalUsd),
  /** What will have been spent at the period's end at that rate. */
  forecast: Nullable(DecimalUsd),
  setAt: Type.String(),
  closedAt: Nullable(Type.String()),
});
export type BudgetView = Static<typeof BudgetView>;

export const BudgetList = Type.Object({ items: Type.Array(BudgetView) });
