import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Usage } from "../../../schemas/session.ts";
import { TOKEN_BUCKETS, type Tokens } from "../../../schemas/tokens.ts";
import { type Counted, type Observation, SessionLedger } from "./ledger.ts";

let next = 0;

function call(key: string, tokens: Tokens, more: Partial<Usage> = {}): Observation {
  return observation({ kind: "request", key, via: { signal: "log", name: "api_request", rank: 7 }, tokens, ...more });
}

function counter(key: string, tokens: Tokens, more: Partial<Usage> = {}): Observation {
  return observation({
    kind: "counter",
    key,
    via: { signal: "metric", name: "token.usage", rank: 3 },
    temporality: "delta",
    tokens,
    ...more,
  });
}

function observation(
  usage: Pick<Usage, "kind" | "key" | "via" | "tokens"> & Partial<Usage>,
  time = "2026-11-21T09:00:00.000Z",
): Observation {
  return {
    eventId: `event-${next++}`,
    time,
    where: {},
    usage: { sessionId: "s1", model: "claude-opus-5-5", provider: "anthropic", convention: "disjoint", quality: "exact", ...usage },
  };
}

function total(moved: readonly Counted[]): Tokens & { reported: bigint } {
  const sums: Record<string, number> = {};
  let reported = 0n;
  for (const { tokens, reportedPico } of moved) {
    for (const bucket of TOKEN_BUCKETS) sums[bucket] = (sums[bucket] ?? 0) + (tokens[bucket] ?? 0);
    reported += reportedPico ?? 0n;
  }
  return { ...(Object.fromEntries(Object.entries(sums).filter(([, count]) => count !== 0)) as Tokens), reported };
}

const feed = (observations: readonly Observation[], ledger = new SessionLedger()) => observations.flatMap((each) => ledger.observe(each));

describe("a model call", () => {
  test("counts in full", () => {
    const [moved, ...rest] = feed([call("r1", { input: 4, output: 96, cacheWrite5m: 18432 }, { reportedCost: "0.094096" })]);
    assert.equal(rest.length, 0);
    assert.equal(moved?.because, "request");
    assert.deepEqual(moved?.tokens, { input: 4, output: 96, cacheWrite5m: 18432 });
    assert.equal(moved?.reportedPico, 94_096_000_000n);
  });

  test("reported again by a worse source moves nothing", () => {
    const ledger = new SessionLedger();
    feed([call("r1", { input: 10, output: 5 })], ledger);
    const span = call("r1", { input: 10, output: 5 }, { via: { signal: "span", name: "llm_request", rank: 5 } });
    assert.deepEqual(ledger.observe(span), []);
  });

  test("reported again by a better source is replaced by the difference", () => {
    const ledger = new SessionLedger();
    const span = call("r1", { input: 10, cacheWriteOther: 100 }, { via: { signal: "span", name: "llm_request", rank: 5 } });
    const log = call("r1", { input: 10, cacheWrite1h: 100, output: 7 }, { reportedCost: "0.01" });
    const moved = feed([span, log], ledger);
    assert.deepEqual(
      moved.map(({ because }) => because),
      ["request", "replaced", "request"],
    );
    assert.deepEqual(total(moved), { input: 10, cacheWrite1h: 100, output: 7, reported: 10_000_000_000n });
  });

  test("without a reported cost reports none, which is not zero", () => {
    assert.equal(feed([call("r1", { input: 1 })])[0]?.reportedPico, null);
  });
});

describe("a counter", () => {
  test("alone counts as it is, split included", () => {
    const moved = feed([counter("m", { input: 11, output: 5, reasoning: 2, cacheRead: 7 }, { reportedCost: "0.5" })]);
    assert.deepEqual(total(moved), { input: 11, output: 5, reasoning: 2, cacheRead: 7, reported: 500_000_000_000n });
    assert.equal(moved[0]?.because, "residual");
    assert.equal(moved[0]?.quality, "estimated");
  });

  test("adds only what it shows beyond the calls", () => {
    const moved = feed([call("r1", { input: 10, output: 5 }), counter("m", { input: 14, output: 5 })]);
    assert.deepEqual(total(moved), { input: 14, output: 5, reported: 0n });
    assert.deepEqual(moved[1]?.tokens, { input: 4 });
  });

  test("is taken back when the calls arrive later, at its own hour", () => {
    const early = { ...counter("m", { input: 14, output: 5 }), time: "2026-11-21T08:59:59.000Z" };
    const moved = feed([early, call("r1", { input: 10, output: 5 })]);
    assert.deepEqual(total(moved), { input: 14, output: 5, reported: 0n });
    assert.deepEqual(
      moved.filter(({ because }) => because === "residual").map(({ occurredAt, tokens }) => [occurredAt, tokens]),
      [
        ["2026-11-21T08:59:59.000Z", { input: 14, output: 5 }],
        ["2026-11-21T08:59:59.000Z", { input: -10, output: -5 }],
      ],
    );
  });

  test("never knows the time to live of a cache write: calls explain it all the same", () => {
    const moved = feed([counter("m", { cacheWriteOther: 300 }), call("r1", { cacheWrite5m: 100, cacheWrite1h: 200 })]);
    assert.deepEqual(total(moved), { cacheWrite5m: 100, cacheWrite1h: 200, reported: 0n });
  });

  test("of another model is not explained by these calls", () => {
    const moved = feed([call("r1", { input: 10 }), counter("m", { input: 3 }, { model: "claude-haiku-5-5" })]);
    assert.deepEqual(total(moved), { input: 13, reported: 0n });
  });

  test("cumulative: only growth counts, a late lower value and a repetition do not, a new start does", () => {
    const at = (value: number, since: string) => counter("m", { input: value }, { temporality: "cumulative", since });
    const moved = feed([at(10, "a"), at(25, "a"), at(17, "a"), at(25, "a"), at(4, "b")]);
    assert.deepEqual(total(moved), { input: 29, reported: 0n });
  });
});

test("counters of a process whose calls are itemised elsewhere are taken back once and stay a cross-check", () => {
  const ledger = new SessionLedger();
  const moved = feed([counter("m", { input: 100, output: 20 })], ledger);
  moved.push(...ledger.itemise("found"), ...ledger.itemise("found again"), ...feed([counter("m", { input: 5 })], ledger));
  assert.deepEqual(total(moved), { reported: 0n });
});

describe("whatever the order", () => {
  const tokens = fc.record({ input: fc.nat(50), cacheRead: fc.nat(50), output: fc.nat(50), reasoning: fc.nat(20) });
  const models = fc.constantFrom("claude-opus-5-5", "claude-haiku-5-5");
  const cents = fc.nat(400).map((value) => (value / 100).toFixed(2));
  const calls = fc.array(
    fc.record({ key: fc.constantFrom("a", "b", "c", "d"), rank: fc.constantFrom(5, 7), tokens, model: models, cents }),
    { maxLength: 8 },
  );
  const counters = fc.array(fc.record({ tokens, model: models, cents }), { maxLength: 6 });

  /** The definition, computed plainly: per model and group the larger of what calls and what counters say. */
  function expected(observations: readonly Observation[]): Map<string, number> {
    const best = new Map<string, Usage>();
    for (const { usage } of observations) {
      if (usage.kind !== "request") continue;
      const known = best.get(usage.key);
      if (!known || known.via.rank < usage.via.rank) best.set(usage.key, usage);
    }
    const sums = new Map<string, number>();
    for (const model of ["claude-opus-5-5", "claude-haiku-5-5"]) {
      for (const [group, of] of [
        ["in", ["input"]],
        ["read", ["cacheRead"]],
        ["out", ["output", "reasoning"]],
      ] as const) {
        const add = (usages: Usage[]) =>
          usages
            .filter((each) => each.model === model)
            .reduce((sum, each) => sum + of.reduce((all, bucket) => all + (each.tokens[bucket] ?? 0), 0), 0);
        const requested = add([...best.values()]);
        const metered = add(observations.map(({ usage }) => usage).filter(({ kind }) => kind === "counter"));
        sums.set(`${model} ${group}`, Math.max(requested, metered));
      }
    }
    return sums;
  }

  function actual(moved: readonly Counted[]): Map<string, number> {
    const sums = new Map<string, number>();
    for (const model of ["claude-opus-5-5", "claude-haiku-5-5"]) {
      for (const [group, of] of [
        ["in", ["input"]],
        ["read", ["cacheRead"]],
        ["out", ["output", "reasoning"]],
      ] as const) {
        const mine = moved.filter(({ usage }) => usage.model === model);
        sums.set(
          `${model} ${group}`,
          mine.reduce((sum, { tokens: each }) => sum + of.reduce((all, bucket) => all + (each[bucket] ?? 0), 0), 0),
        );
      }
    }
    return sums;
  }

  test("the total is the larger of calls and counters, and no place is left negative", () => {
    fc.assert(
      fc.property(calls, counters, fc.infiniteStream(fc.nat()), (requests, meters, random) => {
        // The same call reported twice with one rank says the same thing: keep the first of each (key, rank).
        const distinct = requests.filter(
          (each, nth) => requests.findIndex((other) => other.key === each.key && other.rank === each.rank) === nth,
        );
        const observations = [
          ...distinct.map((each) =>
            call(each.key, each.tokens, {
              model: each.model,
              reportedCost: each.cents,
              via: { signal: "log", name: "x", rank: each.rank },
            }),
          ),
          ...meters.map((each, nth) => counter(`m${nth}`, each.tokens, { model: each.model, reportedCost: each.cents })),
        ].map((each, nth) => ({ ...each, time: `2026-11-21T0${nth % 10}:00:00.000Z`, where: { feature: `f${nth % 3}` } }));
        const shuffled = observations
          .map((each) => [random.next().value as number, each] as const)
          .sort(([a], [b]) => a - b)
          .map(([, each]) => each);

        const moved = feed(shuffled);
        assert.deepEqual(actual(moved), expected(shuffled));

        const places = new Map<string, number>();
        for (const each of moved) {
          for (const bucket of TOKEN_BUCKETS) {
            const place = `${each.usage.model} ${each.occurredAt} ${each.where.feature} ${bucket}`;
            places.set(place, (places.get(place) ?? 0) + (each.tokens[bucket] ?? 0));
          }
        }
        for (const [place, count] of places) assert.ok(count >= 0, `${place}: ${count}`);
        assert.equal(new Set(moved.map(({ entry }) => entry)).size, moved.length, "every movement has an entry of its own");
      }),
      { numRuns: 500 },
    );
  });
});
