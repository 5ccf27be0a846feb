import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Compile } from "typebox/compile";
import { PriceRow } from "../../../schemas/price.ts";
import { PriceFile } from "../../../schemas/prices/price-file.ts";
import type { TokenDelta } from "../../../schemas/tokens.ts";
import { usdOf } from "./money.ts";
import { PriceBook, priceOf } from "./prices.ts";
import { clashes, faultOf } from "./prices-check.ts";
import { rowsOfFile } from "./prices-of-file.ts";
import { type Ratable, rate } from "./rate.ts";

const folder = join(import.meta.dirname, "../../../schemas/prices");
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
const shippedPrices = names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as PriceFile);
const rows = shippedPrices.flatMap(rowsOfFile);
const book = new PriceBook();
for (const row of rows) book.publish(row);

describe("the shipped price files", () => {
  const file = Compile(PriceFile);
  const priceRow = Compile(PriceRow);

  test("are valid, and named after their provider", () => {
    for (const [nth, prices] of shippedPrices.entries()) {
      assert.deepEqual([...file.Errors(prices)], [], prices.provider);
      assert.equal(`${prices.provider}.json`, names[nth]);
    }
    for (const provider of ["anthropic", "google", "openai"]) assert.ok(names.includes(`${provider}.json`));
  });

  test("give valid rows with ids of their own, none of which leaves usage without a price", () => {
    assert.ok(rows.length > 500);
    for (const row of rows) {
      assert.deepEqual([...priceRow.Errors(row)], [], row.priceId);
      assert.equal(faultOf(row), null);
    }
    assert.equal(new Set(rows.map(({ priceId }) => priceId)).size, rows.length);
    assert.deepEqual(
      clashes(rows).map(([a, b]) => `${a.priceId} and ${b.priceId}`),
      [],
    );
  });

  test("withdraw nothing that they also publish", () => {
    const published = new Set(rows.map(({ priceId }) => priceId));
    for (const { withdrawn } of shippedPrices) for (const { priceId } of withdrawn) assert.ok(!published.has(priceId), priceId);
  });

  test("use every source and multiple that they name", () => {
    for (const { provider, sources, multiples, prices } of shippedPrices) {
      const multiplesUsed = new Set(prices.flatMap((entry) => entry.multiples ?? []));
      const sourcesUsed = new Set([...prices.map(({ source }) => source), ...Object.values(multiples ?? {}).map(({ source }) => source)]);
      assert.deepEqual(Object.keys(multiples ?? {}).sort(), [...multiplesUsed].sort(), provider);
      assert.deepEqual(Object.keys(sources).sort(), [...sourcesUsed].sort(), provider);
    }
  });

  test("have an input and an output price wherever they have any price", () => {
    for (const row of rows) {
      const circumstances = {
        route: row.route,
        serviceTier: row.serviceTier,
        region: row.region,
        promptTokens: (row.promptBand?.over ?? 0) + 1,
        occurredMs: Date.parse(row.from),
      };
      for (const meter of ["input", "output"] as const) {
        const price = priceOf(meter, book.of(row.provider, row.model), circumstances);
        assert.equal(typeof price, "object", `${row.priceId}: ${meter} is ${typeof price === "string" ? price : "priced"}`);
      }
    }
  });
});

describe("what the shipped prices come to", () => {
  const usd = (model: string, usage: Partial<Ratable> & { tokens: TokenDelta }) => {
    const rated = rate({ provider: "unknown", model, occurredAt: "2026-11-21T10:00:00Z", ...usage }, book);
    assert.equal(rated.unpriced, 0, model);
    return usdOf(rated.pico);
  };

  test("the published price vectors", () => {
    const opus = { promptTokens: 10_000, tokens: { input: 2_000, cacheWrite5m: 2_000, cacheRead: 6_000, output: 600, reasoning: 900 } };
    assert.equal(usd("claude-opus-5", opus), "0.063");
    assert.equal(usd("claude-opus-5", { ...opus, serviceTier: "batch" }), "0.0315");
    assert.equal(usd("claude-opus-5", { ...opus, region: "us" }), "0.0693");
    const haiku = (promptTokens: number, cacheRead: number) =>
      usd("claude-haiku-5-5", { promptTokens, tokens: { input: promptTokens - cacheRead, cacheRead, output: 2_000 } });
    assert.deepEqual([haiku(100_000, 0), haiku(100_001, 0), haiku(120_000, 90_000)], ["0.011", "0.0550005", "0.0245"]);
    const sonnet = (occurredAt: string) =>
      usd("claude-sonnet-5-5", { occurredAt, promptTokens: 200_000, tokens: { input: 20_000, cacheRead: 180_000, output: 4_000 } });
    assert.equal(sonnet("2026-10-06T12:00:00Z"), "0.116");
    assert.equal(sonnet("2026-10-07T12:00:00Z"), "0.098");
  });

  test("what Claude Code itself computed for its calls", () => {
    assert.equal(usd("claude-opus-5-5", { tokens: { input: 4, cacheWrite5m: 18_432, output: 96 } }), "0.094096");
    assert.equal(usd("claude-sonnet-5-5", { tokens: { input: 4, cacheWrite5m: 18_432, output: 96 } }), "0.047048");
    assert.equal(usd("claude-sonnet-5-5", { tokens: { input: 7, cacheWrite5m: 576, cacheRead: 19_072, output: 113 } }), "0.0044912");
  });

  test("the models of other agents, by hand", () => {
    // 1,000,000 tokens of each bucket that the vendor bills.
    const million = 1_000_000;
    const tokens = { input: million, cacheRead: million, output: million };
    assert.equal(usd("claude-sonnet-4.5", { tokens: { ...tokens, cacheWriteOther: million } }), "22.05");
    assert.equal(usd("claude-sonnet-5[1m]", { tokens: { ...tokens, cacheWrite5m: million } }), "14.7");
    assert.equal(usd("gpt-5.5", { promptTokens: 272_000, tokens: { ...tokens, reasoning: million } }), "65.5");
    assert.equal(usd("gpt-5.5", { promptTokens: 272_001, tokens }), "56");
    assert.equal(usd("gpt-5.5-2026-04-23", { serviceTier: "priority", promptTokens: 1, tokens }), "88.75");
    assert.equal(usd("gpt-6.1-sol", { promptTokens: 1, tokens: { ...tokens, cacheWriteOther: million } }), "14.6");
    assert.equal(
      usd("models/gemini-2.5-pro", { provider: "gcp.gen_ai", promptTokens: 9_200, tokens: { ...tokens, reasoning: million } }),
      "21.375",
    );
    assert.equal(usd("gemini-2.5-pro", { promptTokens: 200_001, tokens }), "17.75");
    assert.equal(usd("us.anthropic.claude-opus-5-5-v1:0", { provider: "aws.bedrock", tokens }), "26.62");
    assert.equal(usd("global.anthropic.claude-opus-5-5-v1:0", { provider: "aws.bedrock", tokens }), "24.2");
    assert.equal(usd("claude-opus-5-5", { provider: "anthropic", serviceTier: "fast", tokens }), "48.4");
  });
});

describe("a faulty file", () => {
  const entry = { model: "m", from: "2026-01-01T00:00:00Z", to: null, usdPerMillion: { input: "1" }, source: "page" };
  const fileOf = (change: Partial<PriceFile["prices"][number]>): PriceFile => ({
    provider: "acme",
    sources: { page: { uri: "https://example.com", on: "2026-01-01" } },
    multiples: { third: { serviceTier: "batch", by: "1/3", source: "page" } },
    prices: [{ ...entry, ...change }],
    withdrawn: [],
  });

  test("a fraction that leaves a rest is refused, not rounded", () => {
    assert.throws(() => rowsOfFile(fileOf({ multiples: ["third"] })), /not exact/);
    const exact = rowsOfFile(fileOf({ usdPerMillion: { input: "0.000003" }, multiples: ["third"] }));
    assert.deepEqual(
      exact.map(({ serviceTier, usdPerMillion }) => [serviceTier, usdPerMillion]),
      [
        ["standard", "0.000003"],
        ["batch", "0.000001"],
      ],
    );
  });

  test("unknown names are refused", () => {
    assert.throws(() => rowsOfFile(fileOf({ source: "hearsay" })), /no source named hearsay/);
    assert.throws(() => rowsOfFile(fileOf({ multiples: ["half"] })), /no multiple named half/);
  });
});
