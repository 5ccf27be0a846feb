import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { openBudgets } from "../budgets/budgets.ts";
import { makeBudgetDesk } from "./budget-desk.ts";

const BY = { kind: "human", id: "admin" } as const;
const NOW = Date.parse("2026-11-21T12:00:00Z");

test("a budget is set, changed and closed in the words and amounts that people use", async () => {
  let made = 0;
  const random = (bytes: number) => new Uint8Array(bytes).fill(++made);
  await using budgets = await openBudgets({ store: openMemoryEventStore(), now: () => NOW, random, departmentOf: () => null });
  const desk = makeBudgetDesk(budgets, "America/Sao_Paulo");
  const scope = { kind: "team", name: "payments" } as const;

  const set = await desk.set({ name: "Payments", scope, period: "month", hard: { amount: "0.5", atCrossing: "deny" } }, BY);
  assert.ok(set.kind === "ok", JSON.stringify(set));
  const { id } = set.value;
  assert.deepEqual(set.value, {
    ...{ id, name: "Payments", scope, period: "month", zone: "America/Sao_Paulo", from: "2026-11-01", to: "2026-12-01" },
    ...{ spent: "0", reserved: "0", overrides: [], perHour: "0", forecast: "0", closedAt: null, setAt: set.value.setAt },
    limits: [{ hard: true, atCrossing: "deny", limit: "0.5", left: "0.5", crossed: false }],
  });

  const place = { department: null, team: "payments", feature: null, agentId: "agt_a", model: null };
  const agent = { kind: "agent", id: "agt_a" } as const;
  const reserved = await budgets.reserve({ reservationId: "r1", place, pico: 400_000_000_000n, expiresMs: NOW + 60_000 }, agent);
  assert.equal(reserved.kind, "reserved");
  assert.equal(desk.get(id)?.reserved, "0.4");
  assert.equal(desk.get(id)?.limits[0]?.left, "0.1");

  const changed = await desk.change(id, { soft: { amount: "0.3", atCrossing: "warn" }, hard: { amount: "2", atCrossing: "deny" } }, BY);
  assert.ok(changed.kind === "ok", JSON.stringify(changed));
  assert.deepEqual(
    changed.value.limits.map(({ hard, left, crossed }) => ({ hard, left, crossed })),
    [
      { hard: false, left: "-0.1", crossed: true },
      { hard: true, left: "1.6", crossed: false },
    ],
  );

  assert.equal((await desk.close(id, "the year is over", BY)).kind, "ok");
  assert.notEqual(desk.get(id)?.closedAt, null);
  assert.equal((await desk.change(id, { name: "Again" }, BY)).kind, "conflict");
});

test("what cannot be is said so", async () => {
  await using budgets = await openBudgets({
    store: openMemoryEventStore(),
    now: () => NOW,
    random: (bytes) => new Uint8Array(bytes),
    departmentOf: () => null,
  });
  const desk = makeBudgetDesk(budgets, "UTC");
  const wanted = { name: "All", scope: { kind: "org", name: "org" }, period: "day" } as const;
  const inEuro = await desk.set({ ...wanted, hard: { amount: "1", currency: "EUR", atCrossing: "deny" } }, BY);
  assert.equal(inEuro.kind, "invalid");
  assert.match((inEuro as { reason: string }).reason, /USD/);
  assert.equal((await desk.set({ ...wanted, zone: "Mars/Olympus", hard: { amount: "1", atCrossing: "deny" } }, BY)).kind, "invalid");
  assert.equal((await desk.set(wanted, BY)).kind, "invalid");
  assert.equal((await desk.change("bud_none", { name: "x" }, BY)).kind, "not_found");
  assert.equal(desk.get("bud_none"), null);
});
