import type { BudgetPeriod, BudgetScope } from "../../../schemas/budget.ts";
import type { Actor } from "../envelope.ts";
import type { Fact } from "../fact.ts";
import type { Standing } from "./standing.ts";

/** An amount as people write it. */
export interface Money {
  /** Decimal digits with at most twelve decimals. */
  readonly amount: string;
  readonly currency: string;
}

export interface SoftLimitAsked {
  readonly amount: Money;
  readonly atCrossing: "warn" | "require_approval";
}
export interface HardLimitAsked {
  readonly amount: Money;
  readonly atCrossing: "require_approval" | "deny";
}

export interface NewBudget {
  readonly name: string;
  readonly scope: BudgetScope;
  readonly period: BudgetPeriod;
  /** IANA name. */
  readonly zone: string;
  /** First day that counts, `2026-11-01`; left out: the first of the period of now, or today for a `total`. */
  readonly starts?: string | undefined;
  readonly soft?: SoftLimitAsked | undefined;
  readonly hard?: HardLimitAsked | undefined;
}

/** Null takes a limit away; what is left out stays. */
export interface BudgetChange {
  readonly name?: string | undefined;
  readonly soft?: SoftLimitAsked | null | undefined;
  readonly hard?: HardLimitAsked | null | undefined;
}

/** One movement of the cost ledger that falls into the budget's scope. */
export interface LedgerMovement {
  readonly position: string;
  readonly entry: string;
  readonly agentId: string;
  readonly sessionId: string;
  /** A call counted in full: what a reservation stands for. */
  readonly isCall: boolean;
  readonly pico: bigint;
  /** Milliseconds since 1970. */
  readonly occurredMs: number;
}

export type BudgetCommand =
  | ({ readonly kind: "set"; readonly budgetId: string } & NewBudget)
  | ({ readonly kind: "change" } & BudgetChange)
  | { readonly kind: "close"; readonly reason?: string | undefined }
  | {
      readonly kind: "reserve";
      readonly reservationId: string;
      readonly pico: bigint;
      readonly agentId: string;
      readonly sessionId?: string | undefined;
      readonly expiresMs: number;
      /** Of an approval for exactly this request: passes soft limits that ask for one. */
      readonly approvalId?: string | undefined;
    }
  | { readonly kind: "settle"; readonly reservationId: string; readonly pico: bigint; readonly entry?: string | undefined }
  | { readonly kind: "release"; readonly reservationId: string; readonly because: "asked" | "incomplete" }
  /** What has expired is written down as released; it held nothing before that. */
  | { readonly kind: "expire" }
  /** Movements up to a position, at least all of the scope that the budget does not have yet. */
  | { readonly kind: "count"; readonly upTo: string; readonly movements: readonly LedgerMovement[] }
  /** What a new budget finds in the log up to a position: pico-dollars by day of its zone, over so many movements. */
  | { readonly kind: "backfill"; readonly upTo: string; readonly movements: number; readonly days: ReadonlyMap<string, bigint> }
  | { readonly kind: "override"; readonly approvalId: string; readonly amount: Money; readonly untilMs: number };

export type CommandOf<Kind extends BudgetCommand["kind"]> = Extract<BudgetCommand, { kind: Kind }>;

export type BudgetRefusal =
  | {
      readonly kind:
        | "unknown_budget"
        | "unknown_reservation"
        | "closed"
        | "taken"
        | "currency"
        | "no_limit"
        | "limits_contradict"
        | "too_many"
        | "invalid";
      readonly reason: string;
    }
  /** A limit is in the way, and what its budget says then. */
  | {
      readonly kind: "over_limit";
      readonly effect: "deny" | "require_approval";
      readonly standing: Standing;
      readonly reason: string;
    };

/** Acts, stays quiet (what is wanted is so already), or refuses. */
export type BudgetDecision = { readonly kind: "acts"; readonly facts: readonly Fact[] } | { readonly kind: "quiet" } | BudgetRefusal;

/** What a decision needs to know beyond the budget's own stream. */
export interface BudgetNow {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly by: Actor;
}
