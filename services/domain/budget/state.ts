import type { Static } from "typebox";
import {
  BudgetChanged,
  BudgetClosed,
  BudgetCounted,
  BudgetCrossed,
  BudgetOverridden,
  type BudgetPeriod,
  BudgetReleased,
  BudgetReserved,
  type BudgetScope,
  BudgetSet,
  BudgetSettled,
} from "../../../schemas/budget.ts";
import type { Happened } from "../fact.ts";
import { type Keyed, Layered } from "../layered.ts";

/** Closed reservations and matched entries are remembered up to this many, the newest: for settlements that come late. */
const REMEMBERED = 10_000;

export interface Limit<AtCrossing extends string> {
  readonly pico: bigint;
  readonly atCrossing: AtCrossing;
}

export interface Reservation {
  readonly pico: bigint;
  readonly agentId: string;
  readonly sessionId: string | null;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

export interface ClosedReservation {
  readonly agentId: string;
  readonly how: "settled" | "released";
}

export interface Override {
  readonly approvalId: string;
  readonly pico: bigint;
  readonly untilMs: number;
}

/** Where one budget's stream stands. `foldBudget` changes it in place: a busy budget has thousands of open reservations. */
export interface BudgetState {
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly period: BudgetPeriod;
  readonly zone: string;
  readonly starts: string;
  readonly setAt: string;
  name: string;
  soft: Limit<"warn" | "require_approval"> | null;
  hard: Limit<"require_approval" | "deny"> | null;
  closedAt: string | null;
  /** Reserved and neither settled nor released, the oldest first. Some may have expired. */
  readonly open: Keyed<Reservation>;
  readonly closed: Keyed<ClosedReservation>;
  /** Pico-dollars by day of the budget's zone. */
  readonly days: Keyed<bigint>;
  /** Settled under a ledger entry that was not counted yet. */
  readonly awaited: Keyed<{ readonly pico: bigint; readonly day: string }>;
  /** Ledger entries that were counted and that a settlement may still name. */
  readonly seen: Keyed<true>;
  readonly overrides: Override[];
  /** The last crossing said of each limit. */
  readonly crossings: Map<"soft" | "hard", { readonly period: string; readonly pico: bigint }>;
  /** Position of the log up to which the ledger's movements are in it. */
  upTo: string;
}

/** Takes one event of the stream `budget-<id>`. Changes `state`. Events of types it does not know change nothing. */
export function foldBudget(state: BudgetState | null, event: Pick<Happened, "type" | "recordedat" | "data">): BudgetState | null {
  if (event.type === BudgetSet.type) return state ?? newBudget(event.data as Static<typeof BudgetSet.data>, event.recordedat);
  if (!state) return null;
  TAKES.get(event.type)?.(state, event.data as never, event.recordedat);
  return state;
}

/** A draft that can be changed without changing the original, for as long as the original stays as it is. */
export const draftOf = (state: BudgetState): BudgetState => ({
  ...state,
  open: new Layered(state.open),
  closed: new Layered(state.closed),
  days: new Layered(state.days),
  awaited: new Layered(state.awaited),
  seen: new Layered(state.seen),
  overrides: [...state.overrides],
  crossings: new Map(state.crossings),
});

function newBudget(set: Static<typeof BudgetSet.data>, setAt: string): BudgetState {
  const { budgetId, name, scope, period, zone, starts, soft, hard } = set;
  return {
    budgetId,
    scope,
    period,
    zone,
    starts,
    setAt,
    name,
    soft: limitOf(soft),
    hard: limitOf(hard),
    closedAt: null,
    open: new Map(),
    closed: new Map(),
    days: new Map(),
    awaited: new Map(),
    seen: new Map(),
    overrides: [],
    crossings: new Map(),
    upTo: "",
  };
}

type Take = (state: BudgetState, data: never, at: string) => void;

const TAKES = new Map<string, Take>([
  [BudgetChanged.type, change],
  [BudgetClosed.type, (state, _data, at) => void (state.closedAt = at)],
  [BudgetReserved.type, reserve],
  [BudgetSettled.type, settle],
  [BudgetReleased.type, release],
  [BudgetCounted.type, count],
  [BudgetCrossed.type, cross],
  [BudgetOverridden.type, override],
]);

function change(state: BudgetState, { name, soft, hard }: Static<typeof BudgetChanged.data>): void {
  if (name !== undefined) state.name = name;
  if (soft !== undefined) state.soft = limitOf(soft);
  if (hard !== undefined) state.hard = limitOf(hard);
}

function reserve(state: BudgetState, data: Static<typeof BudgetReserved.data>): void {
  const { reservationId, pico, agentId, sessionId = null, expires } = data;
  state.open.set(reservationId, { pico: BigInt(pico), agentId, sessionId, expiresMs: Date.parse(expires) });
}

function settle(state: BudgetState, data: Static<typeof BudgetSettled.data>): void {
  const { reservationId, pico, entry, day, spent } = data;
  close(state, reservationId, "settled");
  add(state, day, BigInt(spent));
  if (entry === undefined || state.awaited.has(entry) || state.seen.delete(entry)) return;
  state.awaited.set(entry, { pico: BigInt(pico), day });
  forgetOldest(state.awaited);
}

function release(state: BudgetState, { reservationId }: Static<typeof BudgetReleased.data>): void {
  close(state, reservationId, "released");
}

function count(state: BudgetState, { upTo, days, entries }: Static<typeof BudgetCounted.data>): void {
  state.upTo = upTo;
  for (const { day, pico } of days) add(state, day, BigInt(pico));
  for (const entry of entries) if (!state.awaited.delete(entry)) state.seen.set(entry, true);
  forgetOldest(state.seen);
}

function cross(state: BudgetState, { limit, period, pico }: Static<typeof BudgetCrossed.data>): void {
  state.crossings.set(limit, { period, pico: BigInt(pico) });
}

function override(state: BudgetState, { approvalId, pico, until }: Static<typeof BudgetOverridden.data>): void {
  state.overrides.push({ approvalId, pico: BigInt(pico), untilMs: Date.parse(until) });
}

function close(state: BudgetState, reservationId: string, how: ClosedReservation["how"]): void {
  const agentId = state.open.get(reservationId)?.agentId ?? state.closed.get(reservationId)?.agentId;
  if (agentId === undefined) return;
  state.open.delete(reservationId);
  state.closed.set(reservationId, { agentId, how });
  forgetOldest(state.closed);
}

function add({ days }: BudgetState, day: string, pico: bigint): void {
  if (pico !== 0n) days.set(day, (days.get(day) ?? 0n) + pico);
}

/** They keep the order in which things came. */
function forgetOldest(kept: Keyed<unknown>): void {
  if (kept.size <= REMEMBERED) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    if (kept.size <= REMEMBERED) return;
  }
}

const limitOf = <AtCrossing extends string>(
  limit: { pico: string; atCrossing: AtCrossing } | null | undefined,
): Limit<AtCrossing> | null => (limit ? { pico: BigInt(limit.pico), atCrossing: limit.atCrossing } : null);
