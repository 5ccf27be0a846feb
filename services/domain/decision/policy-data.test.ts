import assert from "node:assert/strict";
import { test } from "node:test";
import { placeData } from "./policy-data.ts";

test("data documents become one, each at its folder", () => {
  const texts = new Map([
    ["budget/limits/data.json", '{"b": 2}'],
    ["budget/data.json", '{"limits": {"a": 1}, "list": [1]}'],
    ["data.json", '{"__proto__": {"x": 1}, "top": null}'],
  ]);
  const placed = placeData(texts);
  assert.deepEqual(
    JSON.parse(JSON.stringify(placed)),
    JSON.parse('{"budget": {"limits": {"b": 2, "a": 1}, "list": [1]}, "__proto__": {"x": 1}, "top": null}'),
  );
  assert.equal(({} as { x?: number }).x, undefined);
  assert.throws(() => placeData(new Map([["data.json", "{"]])), SyntaxError);
});
