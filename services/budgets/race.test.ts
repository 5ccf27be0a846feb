import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { StoredEvent } from "../../schemas/event.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { reservedAt, spentIn } from "../domain/budget/standing.ts";
import { type BudgetState, foldBudget } from "../domain/budget/state.ts";
import type { Actor } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type Budgets, openBudgets } from "./budgets.ts";

const BY: Actor = { kind: "service", id: "governor" };
const NOW = Date.parse("2026-11-21T15:00:00Z");
const EVER = { from: "2000-01-01", to: null, fromMs: 0, toMs: null };
const SCOPES = [
  { kind: "org", name: "acme" },
  { kind: "team", name: "payments" },
  { kind: "team", name: "risk" },
  { kind: "feature", name: "checkout" },
] as const;

const asked = fc.record({
  gateway: fc.nat({ max: 2 }),
  team: fc.constantFrom("payments", "risk"),
  feature: fc.constantFrom("checkout", null),
  pico: fc.integer({ min: 1, max: 60 }),
  end: fc.constantFrom<"open" | "release" | "settle">("open", "release", "settle"),
});

/** Its answers come in the order in which the scheduler lets them through. */
function scheduled(store: EventStore, scheduler: fc.Scheduler): EventStore {
  const late = <Args extends unknown[], Answer>(name: string, call: (...args: Args) => Promise<Answer>) =>
    scheduler.scheduleFunction(async (...args: Args) => call(...args)) as unknown as (
      ...args: Args
    ) => Promise<Answer> & { name: typeof name };
  return {
    append: late("append", store.append.bind(store)),
    readStream: late("readStream", store.readStream.bind(store)),
    readAll: store.readAll.bind(store),
    follow: store.follow.bind(store),
    head: store.head.bind(store),
    identify: store.identify.bind(store),
    [Symbol.asyncDispose]: async () => {},
  };
}

test("gateways that race never reserve beyond a limit, and never in some budgets of a request only", async () => {
  let refusals = 0;
  let given = 0;
  let undone = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(asked, { minLength: 2, maxLength: 14 }),
      fc.array(fc.integer({ min: 20, max: 120 }), { minLength: 4, maxLength: 4 }),
      async (scheduler, requests, limits) => {
        const store = openMemoryEventStore();
        let counter = 0;
        const random = (bytes: number): Uint8Array => createHash("sha256").update(String(++counter)).digest().subarray(0, bytes);
        const deps = { now: () => NOW, random, departmentOf: () => null };
        const owner = await openBudgets({ ...deps, store });
        for (const [nth, scope] of SCOPES.entries()) {
          const amount = { amount: `0.${String(limits[nth]).padStart(12, "0")}`, currency: "USD" };
          const answer = await owner.set(
            { name: scope.name, scope, period: "total", zone: "UTC", hard: { amount, atCrossing: "deny" } },
            BY,
          );
          assert.equal(answer.kind, "done");
        }
        const gateways: Budgets[] = [];
        for (let nth = 0; nth < 3; nth++) gateways.push(await openBudgets({ ...deps, store: scheduled(store, scheduler) }));

        const held = new Map<string, readonly string[]>();
        const run = requests.map(async ({ gateway, team, feature, pico, end }, nth) => {
          const budgets = gateways[gateway] as Budgets;
          const reservationId = `dec_${nth}`;
          const place = { department: null, team, feature, agentId: `agt_${nth}`, model: null };
          const answer = await budgets.reserve({ reservationId, place, pico: BigInt(pico), expiresMs: NOW + 1000 }, BY);
          if (answer.kind !== "reserved") {
            assert.equal(answer.kind, "over_limit");
            refusals += 1;
            return;
          }
          given += 1;
          if (end === "open") held.set(reservationId, answer.budgets);
          else if (end === "release") assert.equal((await budgets.release(reservationId, BY)).kind, "done");
          else assert.equal((await budgets.settle(reservationId, BigInt(pico), undefined, BY)).kind, "done");
        });
        await scheduler.waitFor(Promise.all(run));

        for (const {
          budgetId,
          limits: [limit],
        } of owner.list()) {
          let state: BudgetState | null = null;
          for (const { body } of await store.readStream(`budget-${budgetId}`, 0, 10_000)) {
            const event = JSON.parse(body) as StoredEvent;
            state = foldBudget(state, event);
            const used = spentIn(state as BudgetState, EVER) + reservedAt(state as BudgetState, NOW);
            assert.ok(used <= (limit?.limit ?? 0n), `${used} of ${limit?.limit}`);
            if (event.data["because"] === "incomplete") undone += 1;
          }
          const expected = [...held].filter(([, budgets]) => budgets.includes(budgetId)).map(([reservationId]) => reservationId);
          assert.deepEqual([...(state?.open.keys() ?? [])].sort(), expected.sort());
        }
        for (const budgets of [owner, ...gateways]) await budgets[Symbol.asyncDispose]();
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(refusals > 100 && given > 100 && undone > 0, `${given} given, ${refusals} refused, ${undone} undone`);
});
