import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BudgetCommand, BudgetDecision, LedgerMovement } from "./commands.ts";
import { carryOut } from "./crossing.ts";
import { forecastOf } from "./forecast.ts";
import { MAX_OVERRIDES } from "./override.ts";
import { MAX_OPEN } from "./reserve.ts";
import { contains } from "./scope.ts";
import { reservedAt, spentIn, standingsOf } from "./standing.ts";
import { type BudgetState, draftOf, foldBudget } from "./state.ts";

const BY = { kind: "human", id: "admin" } as const;
const AT = Date.parse("2026-11-21T15:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const USD = 1_000_000_000_000n;
const usd = (amount: string) => ({ amount, currency: "USD" });

const set: BudgetCommand = {
  kind: "set",
  budgetId: "bud_a",
  name: "Payments",
  scope: { kind: "team", name: "payments" },
  period: "month",
  zone: "America/Sao_Paulo",
  hard: { amount: usd("100"), atCrossing: "deny" },
};
const softToo: BudgetCommand = { ...set, soft: { amount: usd("80"), atCrossing: "require_approval" } };
const reserve = (id: string, dollars: bigint, more: object = {}): BudgetCommand => ({
  kind: "reserve",
  reservationId: id,
  pico: dollars * USD,
  agentId: "agt_a",
  sessionId: "s1",
  expiresMs: AT + 10 * MINUTE,
  ...more,
});
const settle = (id: string, dollars: bigint, entry?: string): BudgetCommand => ({
  kind: "settle",
  reservationId: id,
  pico: dollars * USD,
  entry,
});
const moved = (position: string, entry: string, dollars: bigint, more: Partial<LedgerMovement> = {}): LedgerMovement => ({
  position,
  entry,
  agentId: "agt_a",
  sessionId: "s2",
  isCall: true,
  pico: dollars * USD,
  occurredMs: AT,
  ...more,
});
const count = (upTo: string, ...movements: LedgerMovement[]): BudgetCommand => ({ kind: "count", upTo, movements });

/** What happened so far, one command after the other; each must act. */
function given(...commands: (BudgetCommand | readonly [BudgetCommand, number])[]) {
  let state: BudgetState | null = null;
  for (const each of commands) {
    const [command, nowMs] = "kind" in each ? [each, AT] : each;
    const done = carryOut(state, command, { nowMs, by: BY });
    assert.equal(done.decision.kind, "acts", JSON.stringify(done.decision, inText));
    state = done.state;
  }
  return {
    state: state as BudgetState,
    when(command: BudgetCommand, nowMs = AT): BudgetDecision {
      return carryOut(state && draftOf(state), command, { nowMs, by: BY }).decision;
    },
    spent: () => spentIn(state as BudgetState, { from: "2026-11-01", to: "2026-12-01", fromMs: 0, toMs: null }) / USD,
    reserved: (nowMs = AT) => reservedAt(state as BudgetState, nowMs) / USD,
  };
}

const inText = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
const facts = (decision: BudgetDecision) =>
  decision.kind === "acts"
    ? decision.facts.map(({ schema, data }) => [schema.name, data] as const)
    : assert.fail(JSON.stringify(decision, inText));
const names = (decision: BudgetDecision) => facts(decision).map(([name]) => name);
const limits = (state: BudgetState, nowMs = AT) =>
  standingsOf(state, nowMs).map(({ limit, left, crossed }) => [limit / USD, left / USD, crossed]);

describe("setting a budget", () => {
  test("acts, from the first day of the period", () => {
    assert.deepEqual(facts(given().when(softToo)), [
      [
        "budget.set",
        {
          budgetId: "bud_a",
          name: "Payments",
          scope: { kind: "team", name: "payments" },
          period: "month",
          zone: "America/Sao_Paulo",
          starts: "2026-11-01",
          currency: "USD",
          soft: { pico: "80000000000000", atCrossing: "require_approval" },
          hard: { pico: "100000000000000", atCrossing: "deny" },
        },
      ],
    ]);
  });
  test("a total begins today, by the zone's calendar", () => {
    const night = Date.parse("2026-11-22T01:00:00Z");
    const [[, data]] = facts(given().when({ ...set, period: "total" }, night)) as [[string, { starts: string }]];
    assert.equal(data.starts, "2026-11-21");
  });
  test("refuses another currency, in words", () => {
    const answer = given().when({ ...set, hard: { amount: { amount: "100", currency: "BRL" }, atCrossing: "deny" } });
    assert.ok(answer.kind === "currency" && answer.reason.includes("USD"), JSON.stringify(answer));
  });
  test("refuses what holds nothing, contradicts itself or is no amount, day or zone", () => {
    const wrong: [string, object][] = [
      ["no_limit", { hard: undefined }],
      ["limits_contradict", { soft: { amount: usd("100.000000000001"), atCrossing: "warn" } }],
      ["invalid", { hard: { amount: usd("-1"), atCrossing: "deny" } }],
      ["invalid", { hard: { amount: usd("1e3"), atCrossing: "deny" } }],
      ["invalid", { zone: "-03:00" }],
      ["invalid", { starts: "2026-11-22" }],
      ["invalid", { starts: "2026-02-30" }],
      ["invalid", { name: "two\nlines" }],
    ];
    for (const [kind, more] of wrong) assert.equal(given().when({ ...set, ...more } as BudgetCommand).kind, kind, JSON.stringify(more));
  });
  test("refuses an id that is in use", () => assert.equal(given(set).when(set).kind, "taken"));
  test("a budget of nothing lets nothing pass", () => {
    const none = given({ ...set, hard: { amount: usd("0"), atCrossing: "deny" } });
    assert.equal(none.when(reserve("r", 0n)).kind, "over_limit");
  });
});

describe("changing a budget", () => {
  test("acts on what is different, and only on that", () => {
    const change: BudgetCommand = { kind: "change", name: "Payments", soft: null, hard: { amount: usd("120"), atCrossing: "deny" } };
    assert.deepEqual(facts(given(softToo).when(change)), [
      ["budget.changed", { budgetId: "bud_a", soft: null, hard: { pico: "120000000000000", atCrossing: "deny" } }],
    ]);
    assert.deepEqual(given(set).when({ kind: "change", name: "Payments", soft: null }), { kind: "quiet" });
  });
  test("refuses to take the last limit away, and another currency", () => {
    assert.equal(given(set).when({ kind: "change", hard: null }).kind, "no_limit");
    const euros: BudgetCommand = { kind: "change", hard: { amount: { amount: "1", currency: "EUR" }, atCrossing: "deny" } };
    assert.equal(given(set).when(euros).kind, "currency");
  });
  test("a limit lowered to what is spent is crossed at once", () => {
    const lowered: BudgetCommand = { kind: "change", hard: { amount: usd("30"), atCrossing: "deny" } };
    assert.deepEqual(names(given(set, reserve("r", 30n)).when(lowered)), ["budget.changed", "budget.crossed"]);
  });
  test("nothing can be asked of a budget that is not there, or closed", () => {
    for (const command of [reserve("r", 1n), settle("r", 1n), count("01"), { kind: "expire" }, { kind: "close" }] as const) {
      assert.equal(given().when(command).kind, "unknown_budget");
    }
    const closed = given(set, reserve("open", 5n), { kind: "close", reason: "merged" });
    assert.deepEqual(closed.when(reserve("r", 1_000n)), { kind: "quiet" });
    assert.equal(closed.when({ kind: "change", name: "x" }).kind, "closed");
    assert.deepEqual(closed.when({ kind: "close" }), { kind: "quiet" });
    assert.deepEqual(names(closed.when(settle("open", 5n))), ["budget.settled"]);
    assert.deepEqual(standingsOf(closed.state, AT), []);
  });
});

describe("reserving", () => {
  test("acts, and holds the amount", () => {
    const some = given(set, reserve("r", 40n));
    assert.deepEqual([some.spent(), some.reserved()], [0n, 40n]);
    assert.deepEqual(limits(some.state), [[100n, 60n, false]]);
  });
  test("up to the limit exactly; then it is crossed, said once, and nothing fits any more", () => {
    const full = given(set, reserve("a", 60n), reserve("b", 40n));
    assert.deepEqual(limits(full.state), [[100n, 0n, true]]);
    assert.equal(full.when(reserve("c", 0n)).kind, "over_limit");
    const at = given(set, reserve("a", 60n)).when(reserve("b", 40n));
    assert.deepEqual(facts(at)[1], [
      "budget.crossed",
      {
        budgetId: "bud_a",
        limit: "hard",
        atCrossing: "deny",
        period: "2026-11-01",
        pico: "100000000000000",
        spent: "0",
        reserved: "100000000000000",
      },
    ]);
    const again = given(set, reserve("a", 100n), { kind: "release", reservationId: "a", because: "asked" });
    assert.deepEqual(names(again.when(reserve("b", 100n))), ["budget.reserved"]);
  });
  test("not by a pico-dollar beyond it, and says what the budget says then", () => {
    const answer = given(set, reserve("a", 60n)).when({ ...reserve("b", 40n), pico: 40n * USD + 1n } as BudgetCommand);
    assert.ok(answer.kind === "over_limit");
    assert.deepEqual([answer.effect, answer.standing.left / USD, answer.standing.hard], ["deny", 40n, true]);
  });
  test("what is spent and what is reserved hold together", () => {
    const both = given(set, reserve("a", 50n), settle("a", 45n), reserve("b", 50n));
    assert.equal(both.when(reserve("c", 6n)).kind, "over_limit");
    assert.equal(both.when(reserve("c", 5n)).kind, "acts");
  });
  test("beyond a soft limit as it says: an approval of the request, or a warning", () => {
    const soft = given(softToo, reserve("a", 80n));
    const answer = soft.when(reserve("b", 1n));
    assert.ok(answer.kind === "over_limit" && answer.effect === "require_approval" && !answer.standing.hard);
    assert.equal(soft.when(reserve("b", 1n, { approvalId: "apr_1" })).kind, "acts");
    assert.equal(soft.when(reserve("b", 21n, { approvalId: "apr_1" })).kind, "over_limit");
    const warns = given({ ...set, soft: { amount: usd("10"), atCrossing: "warn" } }, reserve("a", 9n));
    assert.deepEqual(names(warns.when(reserve("b", 5n))), ["budget.reserved", "budget.crossed"]);
  });
  test("the same again is quiet; the same id for something else is refused, open, expired or done", () => {
    const open = given(set, reserve("r", 5n));
    assert.deepEqual(open.when(reserve("r", 5n)), { kind: "quiet" });
    assert.equal(open.when(reserve("r", 6n)).kind, "taken");
    assert.equal(open.when(reserve("r", 5n, { expiresMs: AT + HOUR }), AT + 11 * MINUTE).kind, "taken");
    assert.equal(given(set, reserve("r", 5n), settle("r", 5n)).when(reserve("r", 5n)).kind, "taken");
  });
  test("refuses what is negative, has no end or has ended, and one too many", () => {
    assert.equal(given(set).when(reserve("r", -1n)).kind, "invalid");
    for (const expiresMs of [AT, AT + 25 * HOUR, Number.NaN])
      assert.equal(given(set).when(reserve("r", 1n, { expiresMs })).kind, "invalid");
    const { state } = given(set);
    for (let n = 0; n < MAX_OPEN; n++) state.open.set(`r${n}`, { pico: 0n, agentId: "agt_a", sessionId: null, expiresMs: AT + HOUR });
    assert.equal(carryOut(state, reserve("r", 1n), { nowMs: AT, by: BY }).decision.kind, "too_many");
  });
  test("holds until it expires, with or without anybody saying so", () => {
    const some = given(set, reserve("r", 100n));
    assert.deepEqual([some.reserved(AT + 10 * MINUTE - 1), some.reserved(AT + 10 * MINUTE)], [100n, 0n]);
    assert.equal(some.when(reserve("q", 100n, { expiresMs: AT + HOUR }), AT + 10 * MINUTE).kind, "acts");
    assert.deepEqual(some.when({ kind: "expire" }), { kind: "quiet" });
    assert.deepEqual(facts(some.when({ kind: "expire" }, AT + 10 * MINUTE)), [
      ["budget.released", { budgetId: "bud_a", reservationId: "r", because: "expired" }],
    ]);
  });
});

describe("settling and releasing", () => {
  test("puts the actual cost in the place of what was reserved, more or less", () => {
    for (const actual of [0n, 3n, 9n]) {
      const done = given(set, reserve("r", 5n), settle("r", actual));
      assert.deepEqual([done.spent(), done.reserved()], [actual, 0n]);
      assert.deepEqual(done.when(settle("r", actual)), { kind: "quiet" });
    }
  });
  test("counts late as well: released, expired, and beyond the limit", () => {
    const released = given(set, reserve("r", 5n), { kind: "release", reservationId: "r", because: "asked" }, settle("r", 120n));
    assert.deepEqual([released.spent(), limits(released.state)], [120n, [[100n, -20n, true]]]);
    const [[, late]] = facts(given(set, reserve("r", 5n)).when(settle("r", 5n), AT + HOUR)) as [[string, { late: boolean }]];
    assert.equal(late.late, true);
  });
  test("refuses what nobody reserved, and an amount below nothing", () => {
    assert.equal(given(set).when(settle("r", 5n)).kind, "unknown_reservation");
    assert.equal(given(set).when({ kind: "release", reservationId: "r", because: "asked" }).kind, "unknown_reservation");
    assert.equal(given(set, reserve("r", 5n)).when(settle("r", -5n)).kind, "invalid");
  });
  test("a release repeated is quiet", () => {
    const release: BudgetCommand = { kind: "release", reservationId: "r", because: "asked" };
    assert.deepEqual(given(set, reserve("r", 5n), release).when(release), { kind: "quiet" });
  });
});

describe("counting the ledger", () => {
  test("counts what nobody reserved, on the day of the budget's zone on which it happened", () => {
    const late = moved("01", "e1", 7n, { occurredMs: Date.parse("2026-11-01T02:59:00Z") });
    const some = given(set, count("02", late, moved("02", "e2", 5n)));
    assert.equal(some.spent(), 5n);
    assert.equal(some.state.days.get("2026-10-31"), 7n * USD);
  });
  test("counts each movement once, whoever brings it again", () => {
    const first = given(set, count("02", moved("01", "e1", 1n), moved("02", "e2", 2n)));
    assert.deepEqual(first.when(count("02", moved("02", "e2", 2n))), { kind: "quiet" });
    const overlapping = given(
      set,
      count("02", moved("01", "e1", 1n), moved("02", "e2", 2n)),
      count("03", moved("02", "e2", 2n), moved("03", "e3", 4n)),
    );
    assert.equal(overlapping.spent(), 7n);
  });
  test("takes a settlement's place, before or after it, at the cost and on the day of the ledger", () => {
    const before = given(set, reserve("r", 5n), settle("r", 6n, "e1"), count("01", moved("01", "e1", 4n, { occurredMs: AT - DAY })));
    const after = given(set, reserve("r", 5n), count("01", moved("01", "e1", 4n, { occurredMs: AT - DAY })), settle("r", 6n, "e1"));
    for (const { spent, reserved, state } of [before, after].map((each) => ({ ...each, spent: each.spent(), reserved: each.reserved() }))) {
      assert.deepEqual([spent, reserved, state.days.get("2026-11-20")], [4n, 0n, 4n * USD]);
    }
  });
  test("a correction of a counted entry adds its difference, whatever was settled", () => {
    const corrected = given(
      set,
      reserve("r", 5n),
      settle("r", 6n, "e1"),
      count("01", moved("01", "e1", 4n)),
      count("02", moved("02", "e1", -1n, { isCall: false })),
    );
    assert.equal(corrected.spent(), 3n);
  });
  test("two settlements under one entry count once", () => {
    const twice = given(
      set,
      reserve("r", 5n),
      reserve("q", 5n),
      settle("r", 6n, "e1"),
      settle("q", 7n, "e1"),
      count("01", moved("01", "e1", 4n)),
    );
    assert.equal(twice.spent(), 4n);
  });
  test("a reported call releases the oldest open reservation of its session, and no other", () => {
    const open = given(set, reserve("a", 5n), reserve("b", 6n), reserve("other", 1n, { sessionId: "s9" }));
    const call = moved("01", "e1", 4n, { sessionId: "s1" });
    assert.deepEqual(facts(open.when(count("01", call))).at(-1), [
      "budget.released",
      { budgetId: "bud_a", reservationId: "a", because: "reported" },
    ]);
    assert.deepEqual(names(open.when(count("01", { ...call, isCall: false }))), ["budget.counted"]);
    assert.deepEqual(names(open.when(count("01", { ...call, agentId: "agt_b" }))), ["budget.counted"]);
    const settledLate = given(set, reserve("a", 5n), count("01", call), settle("a", 4n, "e1"));
    assert.deepEqual([settledLate.spent(), settledLate.reserved()], [4n, 0n]);
  });
  test("crosses limits too", () => {
    assert.deepEqual(names(given(set).when(count("01", moved("01", "e1", 100n)))), ["budget.counted", "budget.crossed"]);
  });
});

describe("periods", () => {
  test("what was spent in one leaves the next free, and a new crossing is said", () => {
    const december = Date.parse("2026-12-01T03:00:00Z");
    const full = given(set, reserve("r", 100n), settle("r", 100n));
    assert.equal(full.when(reserve("q", 1n, { expiresMs: december }), december - 1).kind, "over_limit");
    const next = full.when(reserve("q", 100n, { expiresMs: december + HOUR }), december);
    assert.deepEqual(names(next), ["budget.reserved", "budget.crossed"]);
  });
  test("what is open when a period ends holds its amount in the next", () => {
    const december = Date.parse("2026-12-01T03:00:00Z");
    const open = given(set, [reserve("r", 100n, { expiresMs: december + HOUR }), december - 1]);
    assert.equal(open.when(reserve("q", 1n, { expiresMs: december + HOUR }), december).kind, "over_limit");
  });
});

describe("an override", () => {
  const override: BudgetCommand = { kind: "override", approvalId: "apr_1", amount: usd("50"), untilMs: AT + HOUR };
  test("raises the limits until its end; reaching the raised one is a new crossing", () => {
    const raised = given(set, reserve("a", 100n), override);
    assert.deepEqual(limits(raised.state), [[150n, 50n, false]]);
    assert.deepEqual(limits(raised.state, AT + HOUR), [[100n, 100n, false]]);
    assert.deepEqual(names(raised.when(reserve("b", 50n))), ["budget.reserved", "budget.crossed"]);
    const spent = given(set, reserve("a", 100n), override, reserve("b", 40n), settle("a", 100n), settle("b", 40n));
    assert.deepEqual(limits(spent.state, AT + HOUR), [[100n, -40n, true]]);
  });
  test("is one per approval", () => {
    assert.deepEqual(given(set, override).when(override), { kind: "quiet" });
    assert.equal(given(set, override).when({ ...override, amount: usd("51") }).kind, "taken");
  });
  test("refuses nothing, another currency, no end, and one too many", () => {
    assert.equal(given(set).when({ ...override, amount: usd("0") }).kind, "invalid");
    assert.equal(given(set).when({ ...override, amount: { amount: "5", currency: "GBP" } }).kind, "currency");
    for (const untilMs of [AT, Number.POSITIVE_INFINITY]) assert.equal(given(set).when({ ...override, untilMs }).kind, "invalid");
    const many = Array.from({ length: MAX_OVERRIDES }, (_, nth) => ({ ...override, approvalId: `many_${nth}` }));
    assert.equal(given(set, ...many).when(override).kind, "too_many");
  });
});

describe("the forecast", () => {
  test("goes on at the pace of the last seven days and today so far", () => {
    // From 14 November 00:00 to 21 November 12:00 in São Paulo: 180 hours. The month has 9.5 days, 228 hours, left.
    const some = given(
      set,
      count("01", moved("01", "e1", 10n, { occurredMs: AT - 20 * DAY }), moved("01", "e2", 90n, { occurredMs: AT - DAY })),
    );
    const { perHour, atEnd } = forecastOf(some.state, AT);
    assert.equal(perHour, (5n * USD) / 10n);
    assert.equal(atEnd, 100n * USD + 114n * USD);
  });
  test("is silent without an hour to look back on, and about a total's end", () => {
    const total: BudgetCommand = { ...set, period: "total" };
    const midnight = Date.parse("2026-11-21T03:00:00Z");
    assert.deepEqual(forecastOf(given([total, midnight]).state, midnight + HOUR - 1), { perHour: null, atEnd: null });
    assert.deepEqual(forecastOf(given([total, midnight]).state, midnight + HOUR), { perHour: 0n, atEnd: null });
  });
});

test("a scope contains what carries its name", () => {
  const place = {
    department: "retail",
    team: "payments",
    feature: "checkout",
    agentId: "agt_a",
    model: "us.anthropic.claude-opus-5-5-v1:0",
  };
  const inside = ["org:acme", "department:retail", "team:payments", "feature:checkout", "agent:agt_a", "model:claude-opus-5.5"];
  const outside = ["department:risk", "team:checkout", "feature:payments", "agent:payments", "model:claude-opus-5"];
  const holds = (text: string) => contains({ kind: text.split(":")[0] as "org", name: text.split(":")[1] as string }, place);
  assert.deepEqual([inside.map(holds), outside.map(holds)], [inside.map(() => true), outside.map(() => false)]);
  assert.equal(contains({ kind: "team", name: "payments" }, { ...place, team: null }), false);
});

test("a stream folds alike from what was decided and from what was stored; foreign events change nothing", () => {
  const { state } = given(softToo, reserve("a", 5n), settle("a", 4n, "e1"), count("01", moved("01", "e1", 3n)));
  const { decision } = carryOut(state, { kind: "close" }, { nowMs: AT, by: BY });
  assert.equal(decision.kind, "acts");
  assert.equal(state.closedAt, "2026-11-21T15:00:00.000Z");
  assert.equal(foldBudget(state, { type: "andon.budget.moved.v9", recordedat: "", data: {} }), state);
  assert.equal(foldBudget(null, { type: "andon.budget.closed.v1", recordedat: "", data: { budgetId: "bud_a" } }), null);
});
