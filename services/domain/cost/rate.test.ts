import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PriceRow } from "../../../schemas/price.ts";
import { TOKEN_BUCKETS, type TokenBucket, type TokenDelta } from "../../../schemas/tokens.ts";
import { picoOf, usdOf } from "./money.ts";
import { PriceBook } from "./prices.ts";
import { type Ratable, rate } from "./rate.ts";

const META = {
  provider: "anthropic",
  route: "*",
  region: "*",
  to: null,
  kind: "list",
  seen: { uri: "https://example.com/prices", on: "2026-11-21" },
} as const;

function rows(model: string, prices: Partial<Record<TokenBucket, string>>, more: Partial<PriceRow> = {}): PriceRow[] {
  return Object.entries(prices).map(([meter, usdPerMillion]) => {
    const row = {
      ...META,
      model,
      meter: meter as TokenBucket,
      usdPerMillion,
      serviceTier: "standard",
      from: "2026-01-01T00:00:00Z",
      ...more,
    };
    const priceId = [row.provider, row.route, model, meter, row.serviceTier, row.region, row.promptBand?.over ?? 0, row.from].join("/");
    return { ...row, priceId };
  });
}

function bookOf(...all: PriceRow[][]): PriceBook {
  const book = new PriceBook();
  for (const row of all.flat()) book.publish(row);
  return book;
}

const scaled = (prices: Partial<Record<TokenBucket, string>>, factor: (pico: bigint) => bigint) =>
  Object.fromEntries(Object.entries(prices).map(([meter, usd]) => [meter, usdOf(factor(picoOf(usd)))]));

const opus = { input: "5", cacheWrite5m: "6.25", cacheWrite1h: "10", cacheRead: "0.50", output: "25" };
const book = bookOf(
  rows("claude-opus-5", opus),
  rows(
    "claude-opus-5",
    scaled(opus, (pico) => pico / 2n),
    { serviceTier: "batch" },
  ),
  rows(
    "claude-opus-5",
    scaled(opus, (pico) => (pico * 11n) / 10n),
    { region: "us" },
  ),
  rows("claude-haiku-5-5", { input: "0.10", cacheRead: "0.01", output: "0.50" }, { promptBand: { over: 0, upTo: 100_000 } }),
  rows("claude-haiku-5-5", { input: "0.50", cacheRead: "0.05", output: "2.50" }, { promptBand: { over: 100_000, upTo: null } }),
  rows("claude-sonnet-5-5", { input: "2", output: "10" }),
  rows("claude-sonnet-5-5", { cacheRead: "0.20" }, { to: "2026-10-07T00:00:00Z" }),
  rows("claude-sonnet-5-5", { cacheRead: "0.10" }, { from: "2026-10-07T00:00:00Z" }),
);

const usd = (usage: Partial<Ratable> & { tokens: TokenDelta }) =>
  usdOf(rate({ provider: "anthropic", model: "claude-opus-5", occurredAt: "2026-11-01T12:00:00Z", ...usage }, book).pico);

describe("the published price vectors", () => {
  const tokens = { input: 2_000, cacheWrite5m: 2_000, cacheRead: 6_000, output: 600, reasoning: 900 };

  test("Opus 5: 0.010 + 0.0125 + 0.003 + 0.0375", () => assert.equal(usd({ tokens, promptTokens: 10_000 }), "0.063"));
  test("Opus 5 in a batch: half", () => assert.equal(usd({ tokens, promptTokens: 10_000, serviceTier: "batch" }), "0.0315"));
  test("Opus 5 in the US only: 1.1 times", () => assert.equal(usd({ tokens, promptTokens: 10_000, region: "us" }), "0.0693"));

  const haiku = (promptTokens: number, cacheRead: number) =>
    usd({ model: "claude-haiku-5-5", promptTokens, tokens: { input: promptTokens - cacheRead, cacheRead, output: 2_000 } });
  test("Haiku 5.5 at the edge of the band", () => assert.equal(haiku(100_000, 0), "0.011"));
  test("Haiku 5.5 one token over: every token of the request changes its price", () => assert.equal(haiku(100_001, 0), "0.0550005"));
  test("Haiku 5.5: cache reads count for the band", () => assert.equal(haiku(120_000, 90_000), "0.0245"));

  const sonnet = (occurredAt: string) =>
    usd({ model: "claude-sonnet-5-5", occurredAt, promptTokens: 200_000, tokens: { input: 20_000, cacheRead: 180_000, output: 4_000 } });
  test("Sonnet 5.5 before the cut", () => assert.equal(sonnet("2026-10-06T23:59:59.999Z"), "0.116"));
  test("Sonnet 5.5 from the moment of the cut", () => assert.equal(sonnet("2026-10-07T00:00:00Z"), "0.098"));
});

describe("which row", () => {
  const at = (own: PriceBook, usage: Partial<Ratable> & { tokens: TokenDelta }) =>
    rate({ provider: "anthropic", model: "m", occurredAt: "2026-03-01T00:00:00Z", ...usage }, own);

  test("no row: unpriced, and said so", () => {
    const rated = at(book, { provider: "acme", model: "mystery-1", tokens: { input: 7, output: 3 } });
    assert.deepEqual(rated, {
      pico: 0n,
      unpriced: 10,
      parts: [
        { meter: "input", quantity: 7, priceId: null, pico: "0", unpriced: "none" },
        { meter: "output", quantity: 3, priceId: null, pico: "0", unpriced: "none" },
      ],
    });
  });

  test("before the first price: unpriced", () => {
    const rated = rate({ provider: "anthropic", model: "claude-opus-5", occurredAt: "2025-12-31T23:59:59Z", tokens: { input: 7 } }, book);
    assert.equal(rated.unpriced, 7);
  });

  test("decorated names find the plain model, and a cloud is not a provider", () => {
    for (const model of ["claude-opus-5[1m]", "anthropic/claude-opus-5", "global.anthropic.claude-opus-5-v1:0", "claude-opus-5-20260401"]) {
      assert.equal(usd({ provider: "aws.bedrock", model, tokens: { input: 1_000_000 } }), "5", model);
    }
  });

  test("the place that Bedrock writes before a model is its region", () => {
    const model = "us.anthropic.claude-opus-5-v1:0";
    assert.equal(usd({ provider: "aws.bedrock", model, tokens: { input: 1_000_000 } }), "5.5");
    assert.equal(usd({ provider: "aws.bedrock", model, region: "global", tokens: { input: 1_000_000 } }), "5");
  });

  test("a contract price beats the list price", () => {
    const own = bookOf(rows("m", { input: "4" }), rows("m", { input: "3" }, { kind: "contract", from: "2026-02-01T00:00:00Z" }));
    const at = (occurredAt: string) => rate({ provider: "anthropic", model: "m", occurredAt, tokens: { input: 1_000_000 } }, own).pico;
    assert.deepEqual([at("2026-01-15T00:00:00Z"), at("2026-02-01T00:00:00Z")], [picoOf("4"), picoOf("3")]);
  });

  test("two rows that cannot be told apart are no price, also where a fallback would have one", () => {
    const torn = bookOf(
      rows("m", { input: "4", reasoning: "4", output: "4" }),
      rows("m", { input: "5", reasoning: "5" }, { from: "2026-02-01T00:00:00Z" }),
    );
    assert.deepEqual(at(torn, { tokens: { input: 9, reasoning: 2 } }).parts, [
      { meter: "input", quantity: 9, priceId: null, pico: "0", unpriced: "ambiguous" },
      { meter: "reasoning", quantity: 2, priceId: null, pico: "0", unpriced: "ambiguous" },
    ]);
  });

  test("reasoning is billed as output and a cache write of unknown life as a short one; the part names the row", () => {
    const rated = at(book, { model: "claude-opus-5", tokens: { cacheWriteOther: 1_000_000, reasoning: 1_000_000 } });
    assert.deepEqual(
      rated.parts.map(({ meter, priceId, pico }) => [meter, priceId, pico]),
      [
        ["cacheWriteOther", "anthropic/*/claude-opus-5/cacheWrite5m/standard/*/0/2026-01-01T00:00:00Z", "6250000000000"],
        ["reasoning", "anthropic/*/claude-opus-5/output/standard/*/0/2026-01-01T00:00:00Z", "25000000000000"],
      ],
    );
    const own = bookOf(rows("m", { output: "25", reasoning: "7" }));
    assert.equal(at(own, { tokens: { reasoning: 1_000_000 } }).pico, picoOf("7"));
  });

  test("an exact name beats an alias, an alias a pattern, a long pattern a short one", () => {
    const own = bookOf(
      rows("m-*", { input: "1" }),
      rows("m-5*", { input: "2" }),
      rows("other", { input: "3" }, { aliases: ["m-5-mini", "M-6"] }),
      rows("m-5-mini", { input: "4" }),
    );
    const price = (model: string) => usdOf(at(own, { model, tokens: { input: 1_000_000 } }).pico);
    assert.deepEqual(["m-5-mini", "M-5-Mini", "m-6", "m-5-nano", "m-4"].map(price), ["4", "4", "3", "2", "1"]);
  });

  test("a route or region of its own beats any; a tier has its own rows or none", () => {
    const own = bookOf(
      rows("m", { input: "1" }),
      rows("m", { input: "2" }, { route: "azure" }),
      rows("m", { input: "3" }, { region: "eu" }),
      rows("m", { input: "4" }, { serviceTier: "flex" }),
    );
    const price = (usage: Partial<Ratable>) => usdOf(at(own, { ...usage, tokens: { input: 1_000_000 } }).pico);
    assert.equal(price({}), "1");
    assert.equal(price({ route: "azure" }), "2");
    assert.equal(price({ region: "EU" }), "3");
    assert.equal(price({ serviceTier: "flex" }), "4");
    assert.equal(price({ serviceTier: "default" }), "1");
    assert.equal(at(own, { serviceTier: "priority", tokens: { input: 5 } }).unpriced, 5);
  });

  test("a seller with its own rows keeps them; one without sells at the maker's price", () => {
    const own = bookOf(rows("claude-opus-5", { input: "5" }), rows("claude-opus-5", { input: "9" }, { provider: "acme" }));
    const price = (provider: string) => usdOf(at(own, { provider, model: "claude-opus-5", tokens: { input: 1_000_000 } }).pico);
    assert.deepEqual([price("acme"), price("Acme"), price("openrouter"), price("unknown")], ["9", "9", "5", "5"]);
  });

  test("without the prompt's size the lowest band applies; an empty prompt is in it too", () => {
    const price = (promptTokens?: number) => at(book, { model: "claude-haiku-5-5", promptTokens, tokens: { input: 1_000_000 } }).pico;
    assert.deepEqual([price(), price(0), price(100_000), price(100_001)].map(usdOf), ["0.1", "0.1", "0.1", "0.5"]);
  });

  test("a withdrawn row prices nothing any more", () => {
    const own = bookOf(rows("m", { input: "4" }));
    const usage = { tokens: { input: 9 } };
    assert.equal(at(own, usage).unpriced, 0);
    own.withdraw(own.rows()[0]?.priceId ?? "");
    assert.equal(at(own, usage).unpriced, 9);
  });

  test("publishing a row again corrects it", () => {
    const corrected = bookOf(rows("m", { input: "4" }), rows("m", { input: "1" }));
    assert.equal(at(corrected, { tokens: { input: 3 } }).pico, 3_000_000n);
  });
});

describe("arithmetic", () => {
  const counts = fc.record(
    Object.fromEntries(TOKEN_BUCKETS.map((bucket) => [bucket, fc.nat(1_000_000_000)])) as Record<TokenBucket, fc.Arbitrary<number>>,
  );
  const at = (tokens: TokenDelta) =>
    rate({ provider: "anthropic", model: "claude-opus-5", occurredAt: "2026-11-01T00:00:00Z", tokens }, book);

  test("parts add up to the total, and taking back leaves nothing", () => {
    fc.assert(
      fc.property(counts, (tokens) => {
        const rated = at(tokens);
        assert.equal(
          rated.parts.reduce((sum, { pico }) => sum + BigInt(pico), 0n),
          rated.pico,
        );
        assert.equal(
          rated.parts.reduce((sum, { quantity }) => sum + quantity, 0),
          TOKEN_BUCKETS.reduce((sum, bucket) => sum + tokens[bucket], 0),
        );
        const negative = Object.fromEntries(TOKEN_BUCKETS.map((bucket) => [bucket, -tokens[bucket]]));
        assert.equal(rated.pico + at(negative).pico, 0n);
        assert.equal(rated.unpriced + at(negative).unpriced, 0);
      }),
    );
  });

  test("however usage is split, the cost is the same", () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const both = Object.fromEntries(TOKEN_BUCKETS.map((bucket) => [bucket, a[bucket] + b[bucket]]));
        assert.equal(at(a).pico + at(b).pico, at(both).pico);
      }),
    );
  });

  test("no digit is lost where a double would lose it", () => {
    const own = bookOf(rows("m", { input: "123.456789" }));
    const rated = rate({ provider: "anthropic", model: "m", occurredAt: "2026-03-01T00:00:00Z", tokens: { input: 999_999_999_999 } }, own);
    // 999,999,999,999 × 123,456,789 = 123,456,789,000,000,000,000 − 123,456,789
    assert.equal(rated.pico, 123_456_788_999_876_543_211n);
  });

  test("dollars and pico-dollars convert without loss", () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), (pico) => assert.equal(picoOf(usdOf(pico)), pico)));
    assert.equal(usdOf(63_000_000_000n), "0.063");
    assert.equal(usdOf(-1n), "-0.000000000001");
    assert.equal(usdOf(5_000_000_000_000n), "5");
    assert.throws(() => picoOf("0.0000000000001"), RangeError);
  });
});
