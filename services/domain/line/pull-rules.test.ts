import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgePull, type Observation, PULL_SETTINGS, type PullSettings } from "./pull-rules.ts";

const scope = { kind: "agent", name: "agt_1" } as const;

const would = (observed: Observation, settings: PullSettings = PULL_SETTINGS): boolean => judgePull(observed, settings).wouldPull;

describe("the cord is pulled by a rule", () => {
  const spend = (spent: bigint, usual: bigint | null): Observation => ({ rule: "spend_burn", scope, spent, usual });

  test("when more than five times the usual was spent", () => {
    assert.equal(would(spend(500n, 100n)), false);
    assert.equal(would(spend(501n, 100n)), true);
    assert.equal(would(spend(151n, 100n), { ...PULL_SETTINGS, spendTimesUsual: 1.5 }), true);
    assert.equal(would(spend(150n, 100n), { ...PULL_SETTINGS, spendTimesUsual: 1.5 }), false);
  });
  test("when more than the cap was spent; without a cap and without what is usual never", () => {
    const capped = { ...PULL_SETTINGS, spendCap: 1000n };
    assert.equal(would(spend(1000n, null), capped), false);
    assert.equal(would(spend(1001n, null), capped), true);
    assert.equal(would(spend(10n ** 20n, null)), false);
    assert.equal(would(spend(10n ** 20n, 0n)), false);
  });
  test("when one action was denied five times in a session", () => {
    assert.equal(would({ rule: "repeated_denies", scope, sameDenied: 4 }), false);
    assert.equal(would({ rule: "repeated_denies", scope, sameDenied: 5 }), true);
  });
  test("when a holdback case leaked or the log does not hold", () => {
    for (const [count, expected] of [
      [0, false],
      [1, true],
    ] as const) {
      assert.equal(would({ rule: "holdback_contamination", scope, cases: count }), expected);
      assert.equal(would({ rule: "log_check_failed", scope, faults: count }), expected);
    }
  });
  test("when too few origins are known for a whole day; too little to look at is no symptom", () => {
    const coverage = (covered: number, total: number, windowMs = 86_400_000): Observation => ({
      rule: "coverage_low",
      scope,
      covered,
      total,
      windowMs,
    });
    assert.equal(would(coverage(79, 100)), true);
    assert.equal(would(coverage(80, 100)), false);
    assert.equal(would(coverage(0, 100, 86_399_999)), false);
    assert.equal(would(coverage(0, 0)), false);
  });
  test("a dry run says the same and pulls nothing, and so does a rule that is off", () => {
    const observed: Observation = { rule: "repeated_denies", scope, sameDenied: 7 };
    const why = "the same action was denied 7 times in one session; the cord is pulled at 5";
    for (const [mode, pulls] of [
      ["on", true],
      ["dry_run", false],
      ["off", false],
    ] as const) {
      const settings = { ...PULL_SETTINGS, mode: { ...PULL_SETTINGS.mode, repeated_denies: mode } };
      assert.deepEqual(judgePull(observed, settings), { rule: "repeated_denies", scope, wouldPull: true, pulls, why });
    }
  });
});
