import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Layered } from "./layered.ts";

const key = fc.constantFrom("a", "b", "c", "d", "e");
const step = fc.oneof(
  fc.record({ do: fc.constant("set" as const), key, value: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant("delete" as const), key, value: fc.constant(0) }),
);

test("a layer shows what a changed copy would, and leaves what lies under it alone", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat({ max: 9 }))), fc.array(step), (entries, steps) => {
      const base = new Map(entries);
      const copy = new Map(entries);
      const layer = new Layered(base);
      for (const { do: what, key: name, value } of steps) {
        if (what === "delete") assert.equal(layer.delete(name), copy.delete(name));
        else {
          layer.set(name, value);
          copy.set(name, value);
        }
        assert.deepEqual([layer.get(name), layer.has(name), layer.size], [copy.get(name), copy.has(name), copy.size]);
      }
      const byKey = (a: readonly [string, number], b: readonly [string, number]): number => (a[0] < b[0] ? -1 : 1);
      assert.deepEqual([...layer].sort(byKey), [...copy].sort(byKey));
      assert.deepEqual([[...layer.keys()].sort(), [...layer.values()].sort()], [[...copy.keys()].sort(), [...copy.values()].sort()]);
      assert.deepEqual(base, new Map(entries));
    }),
  );
});

test("what is new comes last, the oldest first", () => {
  const layer = new Layered(
    new Map([
      ["a", 1],
      ["b", 2],
    ]),
  );
  layer.set("c", 3);
  layer.set("d", 4);
  layer.delete("c");
  layer.set("c", 5);
  layer.set("a", 6);
  layer.delete("b");
  assert.deepEqual(
    [...layer],
    [
      ["a", 6],
      ["d", 4],
      ["c", 5],
    ],
  );
});
