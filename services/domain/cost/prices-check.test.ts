import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PriceRow } from "../../../schemas/price.ts";
import { clashes, faultOf } from "./prices-check.ts";

const row: PriceRow = {
  priceId: "a",
  provider: "acme",
  route: "*",
  model: "m",
  meter: "input",
  serviceTier: "standard",
  region: "*",
  usdPerMillion: "1",
  from: "2026-01-01T00:00:00Z",
  to: null,
  kind: "list",
  seen: { uri: "https://example.com", on: "2026-01-01" },
};

describe("a row by itself", () => {
  const faulty: readonly [string, Partial<PriceRow>][] = [
    ["from", { from: "2026-13-01T00:00:00Z" }],
    ["to", { to: "2026-02-31T99:00:00Z" }],
    ["later", { to: "2026-01-01T00:00:00Z" }],
    ["seen", { seen: { uri: "https://example.com", on: "2026-99-99" } }],
    ["upTo", { promptBand: { over: 5, upTo: 5 } }],
    ["model", { model: "m*5" }],
    ["lower case", { provider: "Acme" }],
    ["lower case", { serviceTier: "Batch" }],
    ["Unicode", { provider: "acme \ud800" }],
  ];
  for (const [word, change] of faulty) {
    test(`says what is wrong: ${word} in ${JSON.stringify(change)}`, () => {
      const fault = faultOf({ ...row, ...change });
      assert.equal(fault?.priceId, "a");
      assert.match(fault?.reason ?? "", new RegExp(word));
    });
  }
  test("is right otherwise", () => assert.equal(faultOf({ ...row, model: "m*", promptBand: { over: 0, upTo: 1 } }), null));
});

describe("rows side by side", () => {
  const clash = (change: Partial<PriceRow>) => clashes([row, { ...row, priceId: "b", ...change }]).length;

  test("two for the same thing at the same time clash", () => {
    assert.equal(clash({}), 1);
    assert.equal(clash({ from: "2030-01-01T00:00:00Z" }), 1);
    assert.equal(clash({ model: "M" }), 1);
  });

  test("a different meter, tier, kind, route, region, model or rank does not", () => {
    const apart: Partial<PriceRow>[] = [
      { meter: "output" },
      { serviceTier: "batch" },
      { kind: "contract" },
      { route: "direct" },
      { region: "eu" },
      { model: "m-2" },
      { model: "n", aliases: ["m"] },
      { provider: "other" },
    ];
    for (const change of apart) assert.equal(clash(change), 0, JSON.stringify(change));
  });

  test("the end of one is the beginning of the next, in time and in size", () => {
    const edge = "2026-06-01T00:00:00Z";
    assert.equal(
      clashes([
        { ...row, to: edge },
        { ...row, priceId: "b", from: edge },
      ]).length,
      0,
    );
    const low = { ...row, promptBand: { over: 0, upTo: 100 } };
    assert.equal(clashes([low, { ...row, priceId: "b", promptBand: { over: 100, upTo: null } }]).length, 0);
    assert.equal(clashes([low, { ...row, priceId: "b", promptBand: { over: 99, upTo: null } }]).length, 1);
  });

  test("a shared alias clashes", () => {
    const aliases = ["m-latest"];
    assert.equal(
      clashes([
        { ...row, aliases },
        { ...row, priceId: "b", model: "n", aliases },
      ]).length,
      1,
    );
  });
});
