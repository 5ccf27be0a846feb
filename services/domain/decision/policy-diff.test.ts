import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { diffPolicies, type PolicyPart } from "./policy-diff.ts";

const parts = fc.array(fc.record({ path: fc.constantFrom("data.a", "data.b", "data.c"), text: fc.constantFrom("x", "y", "z") }));

describe("the difference between two sets of policies", () => {
  test("lists what was added, removed and changed", () => {
    const before: PolicyPart[] = [
      { path: "data.p.deny", text: "deny if input.a" },
      { path: "data.p.gone", text: "gone := 1" },
      { path: "data.p.same", text: "same := 1" },
    ];
    const after: PolicyPart[] = [
      { path: "data.p.same", text: "same := 1" },
      { path: "data.p.deny", text: "deny if input.a" },
      { path: "data.p.deny", text: "deny if input.b" },
      { path: "data.p.fresh", text: "fresh := 2" },
    ];
    assert.deepEqual(diffPolicies(before, after), [
      { kind: "changed", path: "data.p.deny", before: "deny if input.a\n", after: "deny if input.a\n\ndeny if input.b\n" },
      { kind: "added", path: "data.p.fresh", after: "fresh := 2\n" },
      { kind: "removed", path: "data.p.gone", before: "gone := 1\n" },
    ]);
  });

  test("is nothing between the same parts in another order", () => {
    fc.assert(
      fc.property(
        parts.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => assert.deepEqual(diffPolicies(list, shuffled), []),
      ),
    );
  });

  test("turned around swaps added and removed", () => {
    const turned = { added: "removed", removed: "added", changed: "changed" } as const;
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const there = diffPolicies(a, b).map(({ kind, path }) => [turned[kind], path]);
        assert.deepEqual(
          diffPolicies(b, a).map(({ kind, path }) => [kind, path]),
          there,
        );
      }),
    );
  });
});
