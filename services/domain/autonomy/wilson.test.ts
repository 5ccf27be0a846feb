import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { wilsonLower } from "./wilson.ts";

describe("the Wilson lower bound", () => {
  test("is the root of (p − q)² = z²·q·(1 − q)/n, as 40-digit arithmetic finds it", () => {
    const known: [number, number, number][] = [
      [18, 20, 0.698966354771],
      [17, 20, 0.639581135259],
      [20, 20, 0.838874841947],
      [34, 35, 0.854669127663],
      [73, 73, 0.950007992044],
      [1, 10, 0.017876213095],
      [9, 10, 0.595849973204],
      [50, 100, 0.403831530365],
      [377, 381, 0.973320391113],
      [999, 1000, 0.994357441402],
      [1, 1, 0.206549314377],
    ];
    for (const [successes, trials, lower] of known)
      assert.ok(Math.abs(wilsonLower(successes, trials) - lower) < 1e-11, `${successes}/${trials}`);
  });

  test("reaches each target with the fewest trials of the table, for 0 to 3 failures", () => {
    const table: [number, number[]][] = [
      [0.9, [35, 53, 69, 84]],
      [0.95, [73, 110, 142, 173]],
      [0.98, [189, 280, 361, 437]],
      [0.99, [381, 563, 726, 878]],
    ];
    for (const [target, fewest] of table) {
      fewest.forEach((trials, failures) => {
        assert.ok(wilsonLower(trials - failures, trials) >= target, `${target} with ${failures} of ${trials}`);
        assert.ok(wilsonLower(trials - 1 - failures, trials - 1) < target, `${target} with ${failures} of ${trials - 1}`);
      });
    }
  });

  test("is nothing without a trial or a success", () => {
    assert.equal(wilsonLower(0, 0), 0);
    for (const trials of [1, 2, 10, 1_000_000]) assert.equal(wilsonLower(0, trials), 0);
  });

  test("refuses what cannot have been counted", () => {
    for (const [successes, trials] of [
      [1, 0],
      [-1, 5],
      [0.5, 1],
      [1, 1.5],
      [Number.NaN, 1],
      [1, Number.POSITIVE_INFINITY],
    ] as const) {
      assert.throws(() => wilsonLower(successes, trials), RangeError);
    }
  });

  test("lies below the share, within 0 and 1, and rises with each success", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat({ max: 4_999 }), (trials, some) => {
        const successes = some % trials;
        const lower = wilsonLower(successes, trials);
        const better = wilsonLower(successes + 1, trials);
        assert.ok(lower >= 0 && better <= 1 && lower <= successes / trials);
        assert.ok(better > lower);
        // One more trial that succeeds is never worse, one that fails never better.
        assert.ok(wilsonLower(successes + 1, trials + 1) >= lower);
        assert.ok(wilsonLower(successes, trials + 1) <= lower);
      }),
    );
  });
});
