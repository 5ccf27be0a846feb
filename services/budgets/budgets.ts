import type { BudgetChange, BudgetCommand, BudgetRefusal, Money, NewBudget } from "../domain/budget/commands.ts";
import { carryOut } from "../domain/budget/crossing.ts";
import { contains, type SpendingPlace } from "../domain/budget/scope.ts";
import { type Standing, standingsOf } from "../domain/budget/standing.ts";
import { type BudgetState, foldBudget } from "../domain/budget/state.ts";
import type { BudgetEntry } from "../domain/decision/input.ts";
import type { Actor } from "../domain/envelope.ts";
import { FoldedView } from "../folded-view.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore } from "../ports/event-store.ts";
import { readBackfill } from "./backfill.ts";
import { type BudgetStatus, entryOf, statusOf } from "./budget-status.ts";
import { keepCounted } from "./keep-counted.ts";
import { makeBudgetWriter, type Written } from "./writer.ts";

export interface BudgetsDeps {
  readonly store: EventStore;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** The department of a team; null: it has none. */
  readonly departmentOf: (team: string) => string | null;
}

export interface ReserveRequest {
  /** One per request, such as the decision's id: the same again reserves nothing more. */
  readonly reservationId: string;
  /** Every budget that contains it has to have room. */
  readonly place: SpendingPlace & { readonly agentId: string };
  readonly sessionId?: string | undefined;
  /** Pico-dollars that it may cost. */
  readonly pico: bigint;
  /** Milliseconds since 1970, within 24 hours: what is not settled by then holds nothing any more. */
  readonly expiresMs: number;
  /** Of an approval for exactly this request, checked by the caller: passes soft limits that ask for one. */
  readonly approvalId?: string | undefined;
}

export interface OverrideRequest {
  /** Checked and used up by the caller. */
  readonly approvalId: string;
  readonly amount: Money;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

export type BudgetAnswer = { readonly kind: "done"; readonly budget: BudgetStatus } | BudgetRefusal;

export type ReserveAnswer =
  /** `crossed`: limits that are reached now, or were before and let it pass. */
  | { readonly kind: "reserved"; readonly budgets: readonly string[]; readonly crossed: readonly Standing[] }
  /** Nothing is reserved anywhere. `effect`: the strictest of the limits in the way. */
  | {
      readonly kind: "over_limit";
      readonly effect: "deny" | "require_approval";
      readonly over: readonly Standing[];
      readonly reason: string;
    }
  | Exclude<BudgetRefusal, { kind: "over_limit" }>;

export type SettleAnswer = { readonly kind: "done"; readonly budgets: readonly string[] } | BudgetRefusal;

/** What may be spent, what is, and what is about to be. The ledger is the event store: no number comes from elsewhere. */
export interface Budgets extends Following {
  /** By name, closed ones last. */
  list(): readonly BudgetStatus[];
  get(budgetId: string): BudgetStatus | null;
  /** The limits of every budget that contains a place. Memory alone. */
  entries(place: SpendingPlace): readonly BudgetEntry[];
  /** Counts first what the ledger has of the period: the answer takes as long as reading it. */
  set(budget: NewBudget, by: Actor): Promise<BudgetAnswer>;
  change(budgetId: string, change: BudgetChange, by: Actor): Promise<BudgetAnswer>;
  close(budgetId: string, reason: string | undefined, by: Actor): Promise<BudgetAnswer>;
  override(budgetId: string, override: OverrideRequest, by: Actor): Promise<BudgetAnswer>;
  /** In all budgets that contain the request, or in none. Durable when it resolves. */
  reserve(request: ReserveRequest, by: Actor): Promise<ReserveAnswer>;
  /**
   * The actual cost in the place of what was reserved.
   * @param entry the ledger entry under which the same use is reported: with it the use counts once. Without it, the use
   * must not be reported otherwise.
   */
  settle(reservationId: string, pico: bigint, entry: string | undefined, by: Actor): Promise<SettleAnswer>;
  release(reservationId: string, by: Actor): Promise<SettleAnswer>;
  /** Counts what the ledger moves and writes down what expires, until the signal aborts. */
  keepCounted(signal: AbortSignal): Promise<void>;
}

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openBudgets({ store, now, random, departmentOf }: BudgetsDeps): Promise<Budgets> {
  const view = new FoldedView<BudgetState>(foldBudget);
  const following = await followCategory(store, "budget", (event, { stream, revision }) => view.apply(event, stream, revision));
  const writer = makeBudgetWriter({ store, view, now, random });

  const status = (budgetId: string): BudgetStatus | null => {
    const state = view.get(budgetId);
    return state && statusOf(state, now());
  };
  const tell = async (budgetId: string, commands: readonly BudgetCommand[], by: Actor): Promise<BudgetAnswer> => {
    const { refusals } = await writer.submit(new Map([[budgetId, commands]]), by);
    const [refusal] = refusals;
    return refusal ?? { kind: "done", budget: status(budgetId) as BudgetStatus };
  };
  /** What another process reserved a moment ago may not be here yet. */
  const holders = async (reservationId: string): Promise<readonly string[]> => {
    const here = holding(view, reservationId);
    if (here.length > 0) return here;
    await Promise.all(view.values().map(({ budgetId }) => writer.catchUp(budgetId)));
    return holding(view, reservationId);
  };
  const tellHolders = async (reservationId: string, command: BudgetCommand, by: Actor): Promise<SettleAnswer> => {
    const budgets = await holders(reservationId);
    if (budgets.length === 0) return NO_RESERVATION;
    const { refusals } = await writer.submit(new Map(budgets.map((budgetId) => [budgetId, [command]])), by);
    return refusals[0] ?? { kind: "done", budgets };
  };

  return {
    list: () =>
      view
        .values()
        .map((state) => statusOf(state, now()))
        .sort(openFirst),
    get: status,
    entries: (place) => containing(view, place).flatMap((state) => standingsOf(state, now()).map(entryOf)),
    async set(budget, by) {
      const budgetId = `bud_${Buffer.from(random(10)).toString("hex")}`;
      const command = { kind: "set", budgetId, ...budget } as const;
      const nowMs = now();
      if (view.values().filter(({ closedAt }) => closedAt === null).length >= MAX_BUDGETS) return TOO_MANY;
      const { decision, state } = carryOut(null, command, { nowMs, by });
      if (decision.kind !== "acts" || !state) return decision as BudgetRefusal;
      return tell(budgetId, [command, await readBackfill(store, state, departmentOf, nowMs)], by);
    },
    change: (budgetId, change, by) => tell(budgetId, [{ kind: "change", ...change }], by),
    close: (budgetId, reason, by) => tell(budgetId, [{ kind: "close", reason }], by),
    override: (budgetId, override, by) => tell(budgetId, [{ kind: "override", ...override }], by),
    async reserve({ reservationId, place, sessionId, pico, expiresMs, approvalId }, by) {
      const budgets = containing(view, place).map(({ budgetId }) => budgetId);
      const command = { kind: "reserve", reservationId, pico, agentId: place.agentId, sessionId, expiresMs, approvalId } as const;
      const undo = { kind: "release", reservationId, because: "incomplete" } as const;
      const written = await writer.submitAll(new Map(budgets.map((budgetId) => [budgetId, [command]])), undo, by);
      if (written.refusals.length > 0) return refused(written);
      const standings = budgets.flatMap((budgetId) => standingsOf(view.get(budgetId) as BudgetState, now()));
      return { kind: "reserved", budgets, crossed: standings.filter(({ crossed }) => crossed) };
    },
    settle: (reservationId, pico, entry, by) => tellHolders(reservationId, { kind: "settle", reservationId, pico, entry }, by),
    release: (reservationId, by) => tellHolders(reservationId, { kind: "release", reservationId, because: "asked" }, by),
    keepCounted: (signal) => keepCounted({ store, view, writer, departmentOf, now }, signal),
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

/** Each movement of the ledger is held against every open budget. */
const MAX_BUDGETS = 2_000;
const TOO_MANY: BudgetRefusal = { kind: "too_many", reason: `${MAX_BUDGETS} budgets are open; close those that nobody looks at` };

const NO_RESERVATION: BudgetRefusal = {
  kind: "unknown_reservation",
  reason: "no budget knows a reservation with this id, or it is too long ago; what the agent reports counts all the same",
};

const containing = (view: FoldedView<BudgetState>, place: SpendingPlace): BudgetState[] =>
  view.values().filter(({ closedAt, scope }) => closedAt === null && contains(scope, place));

const holding = (view: FoldedView<BudgetState>, reservationId: string): string[] =>
  view.values().flatMap(({ budgetId, open, closed }) => (open.has(reservationId) || closed.has(reservationId) ? [budgetId] : []));

/** Deny wins; a refusal that is no matter of limits comes before both. */
function refused({ refusals }: Written): ReserveAnswer {
  for (const refusal of refusals) if (refusal.kind !== "over_limit") return refusal;
  const over = refusals.filter((refusal) => refusal.kind === "over_limit");
  const worst = over.find(({ effect }) => effect === "deny") ?? over[0];
  return {
    kind: "over_limit",
    effect: worst?.effect ?? "deny",
    over: over.map(({ standing }) => standing),
    reason: over.map(({ reason }) => reason).join("; "),
  };
}

const openFirst = (a: BudgetStatus, b: BudgetStatus): number =>
  Number(a.closedAt !== null) - Number(b.closedAt !== null) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
