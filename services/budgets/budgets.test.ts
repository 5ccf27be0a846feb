import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import { CostComputed, CostRecomputed } from "../../schemas/cost.ts";
import { readEventData } from "../../schemas/registry.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { NewBudget } from "../domain/budget/commands.ts";
import type { Actor } from "../domain/envelope.ts";
import { platformEvent } from "../domain/envelope.ts";
import type { EventStore, StreamAppend } from "../ports/event-store.ts";
import { type Budgets, openBudgets, type ReserveRequest } from "./budgets.ts";

const BY: Actor = { kind: "human", id: "admin" };
const GATEWAY: Actor = { kind: "service", id: "governor" };
const START = Date.parse("2026-11-21T15:00:00Z");
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const USD = 1_000_000_000_000n;

let store: EventStore;
let now: number;
let counter: number;

beforeEach(() => {
  store = openMemoryEventStore();
  now = START;
  counter = 0;
});

const random = (bytes: number): Uint8Array => createHash("sha256").update(String(++counter)).digest().subarray(0, bytes);
const departmentOf = (team: string): string | null => (team === "payments" ? "retail" : null);
const open = (over: EventStore = store): Promise<Budgets> => openBudgets({ store: over, now: () => now, random, departmentOf });

const hard = (amount: string, more: Partial<NewBudget> = {}): NewBudget => ({
  name: "Payments",
  scope: { kind: "team", name: "payments" },
  period: "month",
  zone: "America/Sao_Paulo",
  hard: { amount: { amount, currency: "USD" }, atCrossing: "deny" },
  ...more,
});
const place = { department: "retail", team: "payments", feature: "checkout", agentId: "agt_a", model: "claude-opus-5-5" };
const request = (reservationId: string, dollars: bigint, more: Partial<ReserveRequest> = {}): ReserveRequest => ({
  reservationId,
  place,
  sessionId: "s1",
  pico: dollars * USD,
  expiresMs: now + 10 * MINUTE,
  ...more,
});

async function set(budgets: Budgets, budget: NewBudget): Promise<string> {
  const answer = await budgets.set(budget, BY);
  assert.ok(answer.kind === "done", answer.kind);
  return answer.budget.budgetId;
}

interface Moved {
  readonly dollars: bigint;
  readonly entry?: string;
  readonly team?: string;
  readonly occurredMs?: number;
  readonly corrects?: boolean;
  readonly agentId?: string;
}

/** What the ledger writes when an agent reports a call. */
async function move({ dollars, entry = `e${++counter}`, team = "payments", occurredMs = now, corrects = false, agentId = "agt_a" }: Moved) {
  const common = {
    sessionId: "s1",
    entry,
    provider: "anthropic",
    model: "claude-opus-5-5",
    occurredAt: new Date(occurredMs).toISOString(),
  };
  const rest = { tokens: {}, parts: [], pico: (dollars * USD).toString(), unpriced: 0, quality: "exact" as const };
  const occasion = {
    actor: { kind: "service", id: "ledger" },
    id: `${entry}${corrects}`,
    subject: "s1",
    at: new Date(now).toISOString(),
    team,
  } as const;
  const event = corrects
    ? platformEvent(CostRecomputed, { ...common, ...rest, reason: "a price was corrected" }, occasion)
    : platformEvent(CostComputed, { ...common, ...rest, because: "request" }, occasion);
  await store.append([{ stream: `session-${agentId}.s1`, expected: "any", events: [event] }]);
}

/** Counts until the budget shows so many dollars. */
async function counted(budgets: Budgets, budgetId: string, dollars: bigint): Promise<void> {
  const stop = new AbortController();
  const running = budgets.keepCounted(stop.signal);
  for (let tries = 0; tries < 400 && budgets.get(budgetId)?.spent !== dollars * USD; tries++)
    await new Promise((done) => setTimeout(done, 5));
  stop.abort();
  await running;
  assert.equal((budgets.get(budgetId)?.spent ?? -1n) / USD, dollars);
}

const stored = async (budgetId: string) =>
  (await store.readStream(`budget-${budgetId}`, 0, 1000)).map(
    ({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> },
  );
const types = async (budgetId: string) => (await stored(budgetId)).map(({ type }) => type.slice("andon.budget.".length, -".v1".length));

describe("budgets", () => {
  test("one that is set knows what was spent in its period already, and is whole after a restart", async () => {
    await move({ dollars: 30n });
    await move({ dollars: 7n, team: "risk" });
    await move({ dollars: 4n, occurredMs: START - 40 * DAY });
    await move({ dollars: 2n, occurredMs: START - 10 * DAY });
    await using budgets = await open();
    const budgetId = await set(budgets, hard("100"));
    assert.equal(budgets.get(budgetId)?.spent, 32n * USD);
    assert.deepEqual(await types(budgetId), ["set", "counted"]);
    await move({ dollars: 1n });
    await counted(budgets, budgetId, 33n);
    await using again = await open();
    assert.deepEqual(again.list(), budgets.list());
    await move({ dollars: 5n });
    await counted(again, budgetId, 38n);
    for (const { type, data } of await stored(budgetId)) assert.equal(readEventData(type, data).kind, "ok", type);
  });

  test("another currency is refused with a reason, and nothing is stored", async () => {
    await using budgets = await open();
    const answer = await budgets.set(hard("100", { hard: { amount: { amount: "100", currency: "BRL" }, atCrossing: "deny" } }), BY);
    assert.ok(answer.kind === "currency" && /USD/.test(answer.reason));
    assert.equal(await store.head(), null);
  });

  test("a request is held by every budget that contains it, and settles in all of them", async () => {
    await using budgets = await open();
    const org = await set(budgets, hard("1000", { name: "All", scope: { kind: "org", name: "acme" } }));
    const team = await set(budgets, hard("100"));
    const department = await set(budgets, hard("500", { name: "Retail", scope: { kind: "department", name: "retail" } }));
    const other = await set(budgets, hard("100", { name: "Risk", scope: { kind: "team", name: "risk" } }));
    const answer = await budgets.reserve(request("dec_1", 40n), GATEWAY);
    assert.deepEqual(answer, { kind: "reserved", budgets: [org, team, department], crossed: [] });
    assert.deepEqual(await budgets.reserve(request("dec_1", 40n), GATEWAY), answer, "the same again");
    assert.deepEqual(
      [org, team, department, other].map((id) => (budgets.get(id)?.reserved ?? -1n) / USD),
      [40n, 40n, 40n, 0n],
    );
    assert.equal((await budgets.settle("dec_1", 35n * USD, undefined, GATEWAY)).kind, "done");
    assert.deepEqual(
      [org, team, department, other].map((id) => (budgets.get(id)?.spent ?? -1n) / USD),
      [35n, 35n, 35n, 0n],
    );
    assert.equal((await budgets.settle("dec_9", 1n, undefined, GATEWAY)).kind, "unknown_reservation");
    assert.equal((await budgets.release("dec_9", GATEWAY)).kind, "unknown_reservation");
  });

  test("one budget without room: nothing is reserved anywhere, and the strictest limit answers", async () => {
    await using budgets = await open();
    const ask = { amount: { amount: "10", currency: "USD" }, atCrossing: "require_approval" } as const;
    const org = await set(budgets, hard("1000", { name: "All", scope: { kind: "org", name: "acme" }, soft: ask }));
    const team = await set(budgets, hard("20"));
    const soft = await budgets.reserve(request("dec_1", 15n), GATEWAY);
    assert.ok(soft.kind === "over_limit" && soft.effect === "require_approval" && soft.over.length === 1, JSON.stringify(soft.kind));
    const both = await budgets.reserve(request("dec_2", 25n), GATEWAY);
    assert.ok(both.kind === "over_limit" && both.effect === "deny" && both.over.length === 2);
    assert.deepEqual([await types(org), await types(team)], [["set"], ["set", "counted"]]);
    assert.equal((await budgets.reserve(request("dec_1", 15n, { approvalId: "apr_1" }), GATEWAY)).kind, "reserved");
  });

  test("a request that no budget contains is free to go", async () => {
    await using budgets = await open();
    await set(budgets, hard("1", { scope: { kind: "team", name: "risk" } }));
    assert.deepEqual(await budgets.reserve(request("dec_1", 40n), GATEWAY), { kind: "reserved", budgets: [], crossed: [] });
  });

  test("a faster gateway takes the last room: what was reserved elsewhere for the slower one is given back", async () => {
    await using first = await open();
    const org = await set(first, hard("1000", { name: "All", scope: { kind: "org", name: "acme" } }));
    const team = await set(first, hard("50"));
    // The slow gateway decides on what it knows; while its append is on the way, the fast one fills the team's budget.
    let stalled = false;
    const slowStore: EventStore = Object.assign(Object.create(store) as EventStore, {
      append: async (appends: readonly StreamAppend[]) => {
        if (!stalled) {
          stalled = true;
          assert.equal((await first.reserve(request("fast", 50n), GATEWAY)).kind, "reserved");
          // The organisation's budget moved as well: only its part would have to be tried again.
          const [orgPart, teamPart] = appends;
          const revision = (await store.readStream(`budget-${org}`, 0, 1000)).length - 1;
          return store.append([{ ...(orgPart as StreamAppend), expected: revision }, teamPart as StreamAppend]);
        }
        return store.append(appends);
      },
      readStream: store.readStream.bind(store),
      readAll: store.readAll.bind(store),
      follow: store.follow.bind(store),
      head: store.head.bind(store),
    });
    await using slow = await open(slowStore);
    const answer = await slow.reserve(request("slow", 10n), GATEWAY);
    assert.ok(answer.kind === "over_limit" && answer.effect === "deny", JSON.stringify(answer.kind));
    assert.deepEqual(await types(org), ["set", "reserved", "reserved", "released"]);
    assert.deepEqual((await stored(org)).at(-1)?.data["because"], "incomplete");
    assert.deepEqual(await types(team), ["set", "counted", "reserved", "crossed"]);
    assert.deepEqual([slow.get(org)?.reserved, slow.get(team)?.reserved], [50n * USD, 50n * USD]);
  });

  test("what another gateway reserved can be settled here at once", async () => {
    await using one = await open();
    await using two = await open();
    const budgetId = await set(one, hard("100"));
    await one.reserve(request("dec_1", 10n), GATEWAY);
    for (let tries = 0; tries < 100 && !two.get(budgetId); tries++) await new Promise((done) => setTimeout(done, 2));
    assert.deepEqual(await two.settle("dec_1", 9n * USD, undefined, GATEWAY), { kind: "done", budgets: [budgetId] });
  });

  test("costs count once: asked for or not, settled before or after, corrected, and with two processes counting", async () => {
    await using one = await open();
    const budgetId = await set(one, hard("1000"));
    await using two = await open();
    const stop = new AbortController();
    const running = [one.keepCounted(stop.signal), two.keepCounted(stop.signal)];
    await one.reserve(request("before", 10n, { sessionId: "other" }), GATEWAY);
    await one.settle("before", 9n * USD, "e-before", GATEWAY);
    await one.reserve(request("after", 10n, { sessionId: "other" }), GATEWAY);
    await move({ dollars: 8n, entry: "e-before" });
    await move({ dollars: 7n, entry: "e-after" });
    await move({ dollars: 3n, entry: "e-unasked", agentId: "agt_b" });
    await move({ dollars: -1n, entry: "e-unasked", corrects: true, agentId: "agt_b" });
    for (let tries = 0; tries < 400 && one.get(budgetId)?.spent !== 17n * USD; tries++) await new Promise((done) => setTimeout(done, 5));
    await one.settle("after", 6n * USD, "e-after", GATEWAY);
    await new Promise((done) => setTimeout(done, 600));
    stop.abort();
    await Promise.all(running);
    assert.deepEqual([one.get(budgetId)?.spent, one.get(budgetId)?.reserved], [17n * USD, 0n]);
    const counts = (await stored(budgetId)).filter(({ type }) => type.includes("counted")).map(({ data }) => data["movements"] as number);
    assert.equal(
      counts.reduce((sum, each) => sum + each, 0),
      4,
    );
    const fresh = await open();
    assert.equal(fresh.get(budgetId)?.spent, 17n * USD);
    await fresh[Symbol.asyncDispose]();
  });

  test("a budget that is set while others are counted misses nothing and gets nothing twice", async () => {
    await using budgets = await open();
    const first = await set(budgets, hard("1000"));
    const stop = new AbortController();
    const running = budgets.keepCounted(stop.signal);
    const ids: string[] = [first];
    for (let n = 0; n < 30; n++) {
      await move({ dollars: 1n });
      if (n % 10 === 5) ids.push(await set(budgets, hard("1000", { name: `late ${n}` })));
    }
    for (let tries = 0; tries < 400 && ids.some((id) => budgets.get(id)?.spent !== 30n * USD); tries++)
      await new Promise((done) => setTimeout(done, 5));
    stop.abort();
    await running;
    assert.deepEqual(
      ids.map((id) => (budgets.get(id)?.spent ?? -1n) / USD),
      [30n, 30n, 30n, 30n],
    );
  });

  test("what nobody settles is written down as released", async () => {
    await using budgets = await open();
    const budgetId = await set(budgets, hard("100"));
    await budgets.reserve(request("dec_1", 100n), GATEWAY);
    now += 10 * MINUTE;
    assert.equal((await budgets.reserve(request("dec_2", 100n), GATEWAY)).kind, "reserved");
    const stop = new AbortController();
    const running = budgets.keepCounted(stop.signal);
    for (let tries = 0; tries < 200 && !(await types(budgetId)).includes("released"); tries++)
      await new Promise((done) => setTimeout(done, 5));
    stop.abort();
    await running;
    assert.deepEqual((await stored(budgetId)).at(-1)?.data, { budgetId, reservationId: "dec_1", because: "expired" });
  });

  test("the list shows limits, what is left, the burn rate and where it leads; the closed come last", async () => {
    await using budgets = await open();
    await move({ dollars: 90n, occurredMs: START - DAY });
    const closed = await set(budgets, hard("5", { name: "A" }));
    assert.equal((await budgets.close(closed, "merged", BY)).kind, "done");
    const budgetId = await set(budgets, hard("400"));
    assert.equal(
      (await budgets.override(budgetId, { approvalId: "apr_1", amount: { amount: "50", currency: "USD" }, untilMs: now + DAY }, BY)).kind,
      "done",
    );
    await budgets.reserve(request("dec_1", 10n), GATEWAY);
    const [first, last] = budgets.list();
    assert.deepEqual([first?.name, last?.name, last?.limits], ["Payments", "A", []]);
    // 90 dollars in 180 hours; 228 hours are left in the month.
    assert.deepEqual([first?.spent, first?.reserved, first?.perHour, first?.forecast], [90n * USD, 10n * USD, USD / 2n, 204n * USD]);
    assert.deepEqual(
      first?.limits.map(({ limit, left, crossed }) => [limit / USD, left / USD, crossed]),
      [[450n, 350n, false]],
    );
    const [entry, ...none] = budgets.entries(place);
    assert.deepEqual(none, []);
    assert.deepEqual(entry, {
      budgetId,
      scope: { kind: "team", name: "payments" },
      limit: "450000000000000",
      spent: "90000000000000",
      reserved: "10000000000000",
      left: "350000000000000",
      hard: true,
      crossed: false,
    });
    assert.equal(
      (await budgets.change(budgetId, { hard: { amount: { amount: "50", currency: "USD" }, atCrossing: "deny" } }, BY)).kind,
      "done",
    );
    assert.equal(budgets.entries(place)[0]?.crossed, true);
    assert.equal((await budgets.change("bud_none", { name: "x" }, BY)).kind, "unknown_budget");
  });

  test("an event store that fails answers with its error and holds up nobody else", async () => {
    await using budgets = await open();
    await set(budgets, hard("100"));
    const append = store.append.bind(store);
    store.append = async () => {
      throw new Error("the disk is full");
    };
    await assert.rejects(budgets.reserve(request("dec_1", 1n), GATEWAY), /the disk is full/);
    store.append = append;
    assert.equal((await budgets.reserve(request("dec_2", 1n), GATEWAY)).kind, "reserved");
  });
});
