import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { happenedAt } from "../fact.ts";
import type { BudgetCommand, LedgerMovement } from "./commands.ts";
import { carryOut } from "./crossing.ts";
import { reservedAt, spentIn } from "./standing.ts";
import { type BudgetState, foldBudget } from "./state.ts";

const BY = { kind: "service", id: "governor" } as const;
const START = Date.parse("2026-11-21T15:00:00Z");
const LIMIT = 100n;
const EVER = { from: "2000-01-01", to: null, fromMs: 0, toMs: null };

const set: BudgetCommand = {
  kind: "set",
  budgetId: "bud_a",
  name: "All",
  scope: { kind: "org", name: "acme" },
  period: "total",
  zone: "America/Sao_Paulo",
  hard: { amount: { amount: "0.0000000001", currency: "USD" }, atCrossing: "deny" },
};

type Step =
  | { readonly do: "reserve"; readonly nth: number; readonly pico: number; readonly minutes: number }
  | { readonly do: "settle"; readonly nth: number; readonly pico: number; readonly named: boolean }
  | { readonly do: "release"; readonly nth: number }
  | { readonly do: "report"; readonly nth: number; readonly pico: number }
  | { readonly do: "correct"; readonly nth: number; readonly pico: number }
  | { readonly do: "count" }
  | { readonly do: "expire" }
  | { readonly do: "wait"; readonly minutes: number };

const nth = fc.nat({ max: 7 });
const pico = fc.nat({ max: 60 });
const minutes = fc.integer({ min: 1, max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("reserve" as const), nth, pico, minutes }),
  fc.record({ do: fc.constant("settle" as const), nth, pico, named: fc.boolean() }),
  fc.record({ do: fc.constant("release" as const), nth }),
  fc.record({ do: fc.constant("report" as const), nth, pico }),
  fc.record({ do: fc.constant("correct" as const), nth, pico: fc.integer({ min: -20, max: 20 }) }),
  fc.constant({ do: "count" as const }),
  fc.constant({ do: "expire" as const }),
  fc.record({ do: fc.constant("wait" as const), minutes }),
);

/**
 * What a budget must show, kept the simple way: what the ledger moved, and settlements of which the ledger knows nothing.
 */
class Expected {
  readonly ledger: LedgerMovement[] = [];
  readonly open = new Map<string, { pico: bigint; until: number }>();
  readonly settled: { pico: bigint; entry: string | undefined }[] = [];
  counted = 0;

  spent(): bigint {
    const known = this.ledger.slice(0, this.counted);
    const entries = new Set(known.map(({ entry }) => entry));
    const claimed = new Map<string, bigint>();
    let sum = known.reduce((total, movement) => total + movement.pico, 0n);
    for (const { pico: cost, entry } of this.settled) {
      if (entry === undefined) sum += cost;
      else if (!entries.has(entry) && !claimed.has(entry)) claimed.set(entry, cost);
    }
    for (const cost of claimed.values()) sum += cost;
    return sum;
  }

  reserved(now: number): bigint {
    return [...this.open.values()].reduce((sum, { pico: held, until }) => (until > now ? sum + held : sum), 0n);
  }
}

test("spent is what the ledger moved plus what only settlements know; reserved is what is open; nothing passes the limit", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = START;
      let state = carryOut(null, set, { nowMs: now, by: BY }).state as BudgetState;
      let stored = carryOut(null, set, { nowMs: now, by: BY }).state;
      const expected = new Expected();
      const tell = (command: BudgetCommand): boolean => {
        const done = carryOut(state, command, { nowMs: now, by: BY });
        if (done.decision.kind !== "acts") return false;
        state = done.state as BudgetState;
        for (const fact of done.decision.facts) {
          stored = foldBudget(stored, JSON.parse(JSON.stringify(happenedAt(fact, now))));
          if (fact.schema.name === "budget.released") expected.open.delete(fact.data["reservationId"] as string);
        }
        return true;
      };
      steps.forEach((each, serial) => {
        switch (each.do) {
          case "wait":
            now += each.minutes * 60_000;
            break;
          case "reserve": {
            const until = now + each.minutes * 60_000;
            const id = `r${each.nth}`;
            const before = expected.spent() + expected.reserved(now);
            const command = { kind: "reserve", reservationId: id, pico: BigInt(each.pico), agentId: "agt_a", sessionId: "s1" } as const;
            const held = expected.open.get(id);
            const acted = tell({ ...command, expiresMs: until });
            if (acted) assert.ok(before < LIMIT && before + BigInt(each.pico) <= LIMIT, "no overspend");
            if (acted && !held) expected.open.set(id, { pico: BigInt(each.pico), until });
            break;
          }
          case "settle": {
            const entry = each.named ? `e${each.nth}` : undefined;
            const id = `r${each.nth}`;
            if (tell({ kind: "settle", reservationId: id, pico: BigInt(each.pico), entry })) {
              expected.open.delete(id);
              expected.settled.push({ pico: BigInt(each.pico), entry });
            }
            break;
          }
          case "release":
            tell({ kind: "release", reservationId: `r${each.nth}`, because: "asked" });
            break;
          case "report":
          case "correct": {
            const entry = `e${each.nth}`;
            const reported = expected.ledger.some((movement) => movement.entry === entry);
            // The ledger counts an entry once and corrects only what it counted.
            if (reported === (each.do === "report")) break;
            // A reservation precedes its use: without one the budget has no reason to remember the entry.
            if (!state.open.has(`r${each.nth}`) && !state.closed.has(`r${each.nth}`)) break;
            const position = serial.toString().padStart(4, "0");
            const isCall = each.do === "report";
            const common = { position, entry, agentId: "agt_a", sessionId: "s1", isCall, occurredMs: now };
            expected.ledger.push({ ...common, pico: BigInt(each.pico) });
            break;
          }
          case "count": {
            const upTo = expected.ledger.at(-1)?.position;
            if (upTo === undefined) break;
            tell({ kind: "count", upTo, movements: expected.ledger });
            expected.counted = expected.ledger.length;
            break;
          }
          case "expire":
            tell({ kind: "expire" });
            break;
        }
        assert.equal(spentIn(state, EVER), expected.spent());
        assert.equal(reservedAt(state, now), expected.reserved(now));
        assert.deepEqual(state, stored, "the state after the decision is what the log says");
      });
    }),
    { numRuns: 400 },
  );
});
