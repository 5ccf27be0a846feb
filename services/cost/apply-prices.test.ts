import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { readEventData } from "../../schemas/registry.ts";
import type { EventStore } from "../ports/event-store.ts";
import { AT, ana, PricedLedger, price, type Report } from "../testing/priced-ledger.ts";
import { applyPrices } from "./apply-prices.ts";
import { withdrawPrice } from "./change-prices.ts";

let ledger: PricedLedger;
beforeEach(() => {
  ledger = new PricedLedger();
});

const apply = (on: EventStore = ledger.store, more: object = {}) => applyPrices(on, { now: () => AT, ...more });

describe("a price correction", () => {
  test("moves each team by what it used, and counts no token twice", async () => {
    await ledger.publish(price("input", "4"), price("output", "20"));
    await ledger.report({ id: "u1", tokens: { input: 1_000_000, output: 100_000 } });
    await ledger.report({ id: "u2", agent: "agt_b", tokens: { input: 500_000 } });
    // 4 + 2, and 2
    assert.deepEqual(await ledger.totals(({ team }) => team ?? ""), { payments: "6 0 1000000+100000", risk: "2 0 500000+0" });

    await ledger.publish(price("input", "3"));
    // 1,000,000 × −1 and 500,000 × −1 dollars for a million
    assert.deepEqual(await apply(), { kind: "applied", changes: 2, checked: 2, corrected: 2, pico: -1_500_000_000_000n, unpriced: 0 });
    assert.deepEqual(await ledger.totals(({ team }) => team ?? ""), { payments: "5 0 1000000+100000", risk: "1.5 0 500000+0" });
  });

  test("keeps time, team and place of what it corrects, names its cause, and moves only what changed", async () => {
    await ledger.publish(price("input", "4"), price("output", "20"));
    await ledger.report({ id: "u1", tokens: { input: 10, output: 1 }, envelope: { repo: "shop/api", vendor: "codex" } });
    await ledger.publish(price("input", "3"));
    await apply();
    const [movement] = await ledger.events("andon.cost.computed.v1");
    const [correction] = await ledger.events("andon.cost.recomputed.v1");
    const cause = (await ledger.events("andon.price.published.v1")).at(-1);
    for (const field of ["subject", "time", "team", "feature", "repo", "vendor", "source"] as const) {
      assert.equal(correction?.[field], movement?.[field], field);
    }
    assert.equal(correction?.repo, "shop/api");
    assert.equal(correction?.causationid, cause?.id);
    assert.equal(readEventData(correction?.type ?? "", correction?.data).kind, "ok");
    assert.deepEqual(correction?.data, {
      ...(movement?.data && { sessionId: "s1", entry: movement.data["entry"], provider: "acme", model: "m", quality: "exact" }),
      occurredAt: "2026-11-21T11:00:00.000Z",
      tokens: {},
      parts: [{ meter: "input", quantity: 0, priceId: "acme/input", pico: "-10000000" }],
      pico: "-10000000",
      unpriced: 0,
      reason: "priced by acme/input",
    });
  });

  test("is done once, and remembered", async () => {
    await ledger.publish(price("input", "4"));
    await ledger.report({ id: "u1", tokens: { input: 10 } });
    await ledger.publish(price("input", "3"));
    await apply();
    const before = (await ledger.events()).length;
    assert.deepEqual(await apply(), { kind: "current" });
    assert.equal((await ledger.events()).length, before);
  });

  test("there and back again leaves the total as it was", async () => {
    await ledger.publish(price("input", "4"));
    await ledger.report({ id: "u1", tokens: { input: 1_000_000 } });
    for (const usd of ["3", "4", "3", "4"]) {
      await ledger.publish(price("input", usd));
      await apply();
      assert.deepEqual(await ledger.totals(), { all: `${usd} 0 1000000+0` });
    }
    assert.equal((await ledger.events("andon.cost.recomputed.v1")).length, 4);
  });

  test("leaves other models and other times alone", async () => {
    await ledger.publish(price("input", "4"), price("input", "9", { priceId: "other", model: "n" }));
    await ledger.report({ id: "u1", tokens: { input: 10 }, time: "2026-10-01T00:00:00Z" });
    await ledger.report({ id: "u2", tokens: { input: 10 }, time: "2026-11-01T00:00:00Z" });
    await ledger.report({ id: "u3", tokens: { input: 10 }, more: { model: "n" } });
    await apply();
    const edge = "2026-10-15T00:00:00Z";
    await ledger.publish(price("input", "4", { to: edge }), price("input", "1", { priceId: "later", from: edge }));
    const applied = await apply();
    // Both rows of the model are looked at; only what lies after the edge costs something else.
    assert.deepEqual(applied, { kind: "applied", changes: 2, checked: 2, corrected: 1, pico: -30_000_000n, unpriced: 0 });
  });

  test("a row that was only read again corrects nothing", async () => {
    await ledger.publish(price("input", "4"));
    await ledger.report({ id: "u1", tokens: { input: 10 } });
    await apply();
    await ledger.publish(price("input", "4", { seen: { uri: "https://example.com/new", on: "2026-12-01" } }));
    assert.deepEqual(await apply(), { kind: "current" });
  });
});

describe("unpriced usage", () => {
  test("gets its price when one is published late, and is unpriced again when it is withdrawn", async () => {
    await ledger.publish(price("output", "20"));
    await ledger.report({ id: "u1", tokens: { input: 1_000_000, output: 50_000 } });
    assert.deepEqual(await ledger.totals(), { all: "1 1000000 1000000+50000" });
    await ledger.publish(price("input", "4"));
    assert.deepEqual(await apply(), {
      kind: "applied",
      changes: 2,
      checked: 1,
      corrected: 1,
      pico: 4_000_000_000_000n,
      unpriced: -1_000_000,
    });
    assert.deepEqual(await ledger.totals(), { all: "5 0 1000000+50000" });
    assert.deepEqual((await ledger.events("andon.cost.recomputed.v1")).at(-1)?.data["parts"], [
      { meter: "input", quantity: 1_000_000, priceId: "acme/input", pico: "4000000000000" },
      { meter: "input", quantity: -1_000_000, priceId: null, pico: "0", unpriced: "none" },
    ]);

    await withdrawPrice(ledger.store, "acme/input", { ...ana, reason: "was for another model" });
    await apply();
    assert.deepEqual(await ledger.totals(), { all: "1 1000000 1000000+50000" });
    assert.equal((await ledger.events("andon.cost.recomputed.v1")).at(-1)?.data["reason"], "acme/input no longer prices it");
  });
});

describe("the ledger's other movements", () => {
  test("a replaced report and a counter's residual end at the new price", async () => {
    await ledger.publish(price("input", "4"));
    const call = { key: "call-1", provider: "acme", model: "m" };
    await ledger.report({ id: "span", tokens: { input: 900 }, more: { ...call, via: { signal: "span", name: "span", rank: 5 } } });
    await ledger.report({ id: "log", tokens: { input: 1_000 }, more: call });
    const counter = { kind: "counter", key: "tokens", temporality: "delta", via: { signal: "metric", name: "metric", rank: 3 } };
    await ledger.report({ id: "metric", tokens: { input: 1_500 }, more: counter });
    // 1,500 tokens at 4 dollars for a million, then at 3
    assert.deepEqual(await ledger.totals(), { all: "0.006 0 1500+0" });
    await ledger.publish(price("input", "3"));
    await apply();
    assert.deepEqual(await ledger.totals(), { all: "0.0045 0 1500+0" });
    await ledger.report({ id: "log-2", tokens: { input: 500 }, more: { key: "call-2" } });
    assert.deepEqual(await ledger.totals(), { all: "0.0045 0 1500+0" });
  });

  test("ingesting goes on where it was: duplicates are known, places are not overwritten", async () => {
    await ledger.publish(price("input", "4"));
    await ledger.report({ id: "u1", tokens: { input: 10 }, envelope: { repo: "old" } });
    await ledger.report({ id: "u2", tokens: { input: 10 }, envelope: { repo: "new" } });
    await ledger.publish(price("input", "3"));
    await apply();
    const restarted = new PricedLedger(ledger.store);
    restarted.book = ledger.book;
    await restarted.report({ id: "u1", tokens: { input: 10 }, envelope: { repo: "old" } });
    await restarted.report({ id: "u3", tokens: { input: 10 } });
    assert.deepEqual(await restarted.totals(({ repo }) => repo ?? ""), { old: "0.00003 0 10+0", new: "0.00006 0 20+0" });
  });
});

describe("when things go wrong", () => {
  const many = Array.from({ length: 100 }, (_, nth) => ({ id: `u${nth}`, session: `s${nth % 70}`, tokens: { input: 1_000_000 } }));

  /** The same store, whose connection is lost at the nth append, before or after the write. */
  const losing = (nth: number, written: boolean): EventStore => {
    let appends = 0;
    return new Proxy(ledger.store, {
      get(target, name) {
        if (name !== "append") return Reflect.get(target, name, target).bind?.(target);
        return async (...args: Parameters<EventStore["append"]>) => {
          appends += 1;
          if (appends < nth) return target.append(...args);
          if (written) await target.append(...args);
          throw new Error("connection lost");
        };
      },
    });
  };

  for (const [nth, written] of [
    [1, false],
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ] as const) {
    test(`a run that dies at append ${nth}, ${written ? "after" : "before"} it was stored, is finished by the next`, async () => {
      await ledger.publish(price("input", "4"));
      for (const each of many) await ledger.report(each);
      await ledger.publish(price("input", "3"));
      await assert.rejects(apply(losing(nth, written)), /connection lost/);
      await apply();
      assert.deepEqual(await ledger.totals(), { all: "300 0 100000000+0" });
      assert.equal((await ledger.events("andon.cost.recomputed.v1")).length, 100);
    });
  }

  test("two runs at once correct each entry once", async () => {
    await ledger.publish(price("input", "4"));
    for (const each of many) await ledger.report(each);
    await ledger.publish(price("input", "3"));
    await Promise.all([apply(), apply(), apply()]);
    assert.deepEqual(await ledger.totals(), { all: "300 0 100000000+0" });
    assert.equal((await ledger.events("andon.cost.recomputed.v1")).length, 100);
  });

  test("what an ingester with the old prices adds meanwhile is corrected too", async () => {
    await ledger.publish(price("input", "4"));
    await ledger.report(many[0] as Report);
    const old = ledger.book;
    await ledger.publish(price("input", "3"));
    const settled = async (): Promise<void> => {
      ledger.book = old;
      await ledger.report(many[1] as Report);
    };
    await apply(ledger.store, { settled });
    assert.deepEqual(await ledger.totals(), { all: "6 0 2000000+0" });
  });

  test("a run that is stopped says so, keeps what it did, and is finished by the next", async () => {
    await ledger.publish(price("input", "4"));
    for (const each of many) await ledger.report(each);
    await ledger.publish(price("input", "3"));
    const stop = new AbortController();
    const progress = ({ phase }: { phase: string }): void => {
      if (phase === "correcting") stop.abort();
    };
    assert.deepEqual(await apply(ledger.store, { signal: stop.signal, progress }), { kind: "stopped" });
    const done = (await ledger.events("andon.cost.recomputed.v1")).length;
    assert.ok(done > 0 && done < 100);
    assert.equal((await apply()).kind, "applied");
    assert.deepEqual(await ledger.totals(), { all: "300 0 100000000+0" });
  });

  test("progress is told while searching and while correcting", async () => {
    await ledger.publish(price("input", "4"));
    for (const each of many) await ledger.report(each);
    await ledger.publish(price("input", "3"));
    const told: string[] = [];
    await apply(ledger.store, {
      progress: ({ phase, done, of }: { phase: string; done: number; of: number }) => told.push(`${phase} ${done}/${of}`),
    });
    assert.deepEqual(told, ["searching 200/null", "correcting 32/70", "correcting 64/70", "correcting 70/70", "searching 100/null"]);
  });
});

test("whatever happens in whatever order, the total is tokens times the price of now", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("use" as const), tokens: fc.nat(1_000_000), session: fc.nat(3) }),
    fc.record({ kind: fc.constant("price" as const), usd: fc.nat(50) }),
    fc.record({ kind: fc.constant("apply" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      ledger = new PricedLedger();
      await ledger.publish(price("output", "1"));
      let used = 0n;
      let usd: number | null = null;
      for (const [nth, each] of steps.entries()) {
        if (each.kind === "use") {
          await ledger.report({ id: `u${nth}`, session: `s${each.session}`, tokens: { input: each.tokens } });
          used += BigInt(each.tokens);
        } else if (each.kind === "price") {
          await ledger.publish(price("input", String(each.usd)));
          usd = each.usd;
        } else await apply();
      }
      await apply();
      let pico = 0n;
      let unpriced = 0n;
      for (const { type, data } of await ledger.events()) {
        if (!/cost\.(re)?computed/.test(type)) continue;
        pico += BigInt(data["pico"] as string);
        unpriced += BigInt(data["unpriced"] as number);
      }
      assert.deepEqual([pico, unpriced], usd === null ? [0n, used] : [used * BigInt(usd) * 1_000_000n, 0n]);
    }),
    { numRuns: 40 },
  );
});
