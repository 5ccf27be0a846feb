import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Actor } from "../envelope.ts";
import { happenedAt } from "../fact.ts";
import { canariesIn, canaryDigest, canaryOf, plantCanary } from "./canary.ts";
import { decideHoldback, type HoldbackCommand, MAX_ATTEMPTS } from "./commands.ts";
import { recentGap, verdictOf } from "./standing.ts";
import { foldHoldback, type HoldbackState, liveCases, suiteDigest } from "./state.ts";
import { gapOf, judge, type Observed } from "./verdict.ts";

const BY: Actor = { kind: "human", id: "psn_1" };
const AT = Date.parse("2026-11-21T12:00:00Z");
const DAY = 24 * 60 * 60 * 1000;
const SHA = "4f1c2d7a9b0e4f1c2d7a9b0e4f1c2d7a9b0e4f1c";
const OTHER = "0".repeat(40);
const hex = (digit: string): string => digit.repeat(64);

const observed = (kind: Observed["kind"], right: number, of: Observed["class"] = "normal"): Observed => ({
  class: of,
  kind,
  right,
  runs: kind === "repeated" ? 5 : 1,
});
const verdict = (...each: Observed[]): string => judge(each).verdict;
const many = (count: number, each: Observed): Observed[] => Array.from({ length: count }, () => each);

describe("a suite passes", () => {
  test("when every deterministic case does", () => {
    assert.equal(verdict(observed("deterministic", 1), observed("deterministic", 1)), "passed");
    assert.equal(verdict(...many(99, observed("deterministic", 1)), observed("deterministic", 0)), "failed");
    assert.equal(verdict(), "failed");
  });

  test("when 95 of 100 runs of repeated cases are right, and not at 94", () => {
    assert.equal(verdict(...many(15, observed("repeated", 5)), ...many(5, observed("repeated", 4))), "passed");
    assert.equal(verdict(...many(14, observed("repeated", 5)), ...many(6, observed("repeated", 4))), "failed");
    assert.equal(verdict(...many(19, observed("repeated", 5)), observed("repeated", 0)), "passed");
    assert.equal(verdict(...many(500, observed("deterministic", 1)), observed("repeated", 4)), "failed");
  });

  test("unless a critical case fails, which 4 of 5 is not", () => {
    const rest = many(19, observed("repeated", 5));
    assert.equal(verdict(...rest, observed("repeated", 4, "critical")), "passed");
    assert.equal(verdict(...rest, observed("repeated", 3, "critical")), "failed");
  });

  test("and says only how many", () => {
    assert.deepEqual(judge([observed("deterministic", 1, "critical"), observed("repeated", 4), observed("repeated", 3)]), {
      ...{ passed: 2, total: 3, satisfaction: 0.7, verdict: "failed" },
      classes: { critical: { passed: 1, total: 1 }, normal: { passed: 1, total: 2 } },
    });
  });

  test("never more easily with one right run less", () => {
    const one = fc.record({
      class: fc.constantFrom("critical" as const, "normal" as const),
      kind: fc.constantFrom("deterministic" as const, "repeated" as const),
      share: fc.integer({ min: 0, max: 5 }),
    });
    const wrong = (each: Observed): Observed => ({ ...each, right: Math.max(0, each.right - 1) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 40 }), fc.nat(), (cases, nth) => {
        const all = cases.map((each) => observed(each.kind, each.kind === "repeated" ? each.share : Math.min(1, each.share), each.class));
        const worse = all.map((each, at) => (at === nth % all.length ? wrong(each) : each));
        if (judge(worse).verdict === "passed") assert.equal(judge(all).verdict, "passed");
        const { passed, total, classes } = judge(all);
        assert.equal(classes.critical.passed + classes.normal.passed, passed);
        assert.equal(classes.critical.total + classes.normal.total, total);
        assert.equal(total, all.length);
      }),
    );
  });
});

test("the gap has its bands at 5 and 10 points, and none without counts", () => {
  const band = (visible: number, holdback: number) => gapOf({ passed: visible, total: 100 }, { passed: holdback, total: 100 });
  assert.deepEqual(band(95, 90), { points: 5, band: "green" });
  assert.deepEqual(band(96, 90), { points: 6, band: "amber" });
  assert.deepEqual(band(100, 90), { points: 10, band: "amber" });
  assert.deepEqual(band(100, 89), { points: 11, band: "red" });
  assert.deepEqual(band(80, 90), { points: -10, band: "green" });
  assert.equal(gapOf({ passed: 0, total: 0 }, { passed: 1, total: 1 }), null);
});

describe("a canary", () => {
  const key = Buffer.alloc(32, 7);

  test("is found wherever it stands, by its digest alone", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uuid(), (before, after, id) => {
        const canary = canaryOf(key, id);
        assert.match(canary, /^cnry_[a-z2-7]{26}$/);
        assert.ok(canariesIn(`${before} ${canary} ${after}`).has(canaryDigest(canary)));
      }),
    );
    assert.equal(canariesIn("cnry_short, and nothing else").size, 0);
  });

  test("is another for another case and another key", () => {
    const made = new Set(["a", "b"].flatMap((id) => [canaryOf(key, id), canaryOf(Buffer.alloc(32, 8), id)]));
    assert.equal(made.size, 4);
  });

  test("is planted as it is", () => assert.equal(plantCanary("# {{canary}}\n{{canary}}", "cnry_$&"), "# cnry_$&\ncnry_$&"));
});

const sealed = { kind: "holdback_case", length: 10, commitment: hex("a"), payloadId: "p", keyId: "k" };
const aCase = (caseId: string) =>
  ({ suite: "core", caseId, digest: hex("b"), class: "normal", kind: "deterministic", canary: hex("c"), sealed }) as const;

/** Carries commands out one after the other. */
class Suite {
  state: HoldbackState | null = null;
  tell(command: HoldbackCommand, atMs = AT): string {
    const decision = decideHoldback(this.state, command, BY);
    if (decision.kind !== "acts") return decision.kind;
    for (const fact of decision.facts) this.state = foldHoldback(this.state, happenedAt(fact, atMs));
    return "acts";
  }
  run(runId: string, sha: string, changeId: string, right: number, atMs = AT): string {
    const started = this.tell({ kind: "start", runId, sha, changeId, visible: { passed: 10, total: 10 } }, atMs);
    if (started !== "acts") return started;
    return this.tell({ kind: "finish", runId, judgement: judge([observed("deterministic", right)]), durationMs: 5 }, atMs);
  }
  verdict(sha = SHA, atMs = AT, repo = "acme/pay"): string | null {
    return verdictOf(this.state ? [this.state] : [], repo, sha, atMs)?.verdict ?? null;
  }
}

function suite(...cases: string[]): Suite {
  const made = new Suite();
  made.tell({ kind: "define", suite: "core", repos: ["acme/pay"], canaryKey: { ...sealed, kind: "holdback_canary_key" } });
  if (cases.length > 0) made.tell({ kind: "add", cases: cases.map(aCase) });
  return made;
}

describe("a verdict", () => {
  test("is of one commit in the suite's repositories", () => {
    const core = suite("c1");
    assert.equal(core.verdict(), null);
    core.run("r1", SHA, "chg_1", 1);
    assert.deepEqual([core.verdict(), core.verdict(OTHER), core.verdict(SHA, AT, "acme/other")], ["passed", null, null]);
    core.run("r2", OTHER, "chg_2", 0);
    assert.equal(core.verdict(OTHER), "failed");
  });

  test("is stale after 14 days, and once the cases are others", () => {
    const core = suite("c1");
    core.run("r1", SHA, "chg_1", 1);
    assert.deepEqual([core.verdict(SHA, AT + 14 * DAY), core.verdict(SHA, AT + 14 * DAY + 1)], ["passed", "stale"]);
    core.tell({ kind: "add", cases: [aCase("c2")] });
    assert.equal(core.verdict(), "stale");
    core.tell({ kind: "retire", cases: ["c2"], because: "contaminated" });
    assert.equal(core.verdict(), "passed", "the very set that judged it decides again");
  });

  test("needs the end of its run", () => {
    const core = suite("c1");
    core.tell({ kind: "start", runId: "r1", sha: SHA, changeId: "chg_1" });
    assert.equal(core.verdict(), null);
  });

  test("of several suites is the worst, and missing while one is missing", () => {
    const [one, two] = [suite("c1"), suite("c1")];
    const both = () => verdictOf([one.state as HoldbackState, two.state as HoldbackState], "acme/pay", SHA, AT)?.verdict ?? null;
    one.run("r1", SHA, "chg_1", 1);
    assert.equal(both(), null);
    two.run("r1", SHA, "chg_1", 0);
    assert.equal(both(), "failed");
    two.run("r2", SHA, "chg_1", 1);
    assert.equal(both(), "passed");
  });
});

describe("attempts", () => {
  test("are three for a change, also under another name, also without an end", () => {
    const core = suite("c1");
    assert.equal(MAX_ATTEMPTS, 3);
    core.run("r1", SHA, "chg_1", 0);
    core.tell({ kind: "start", runId: "r2", sha: OTHER, changeId: "chg_1" });
    assert.equal(core.run("r3", SHA, "chg_1", 0), "acts");
    assert.equal(core.run("r4", "1".repeat(40), "chg_1", 1), "no_attempts_left");
    assert.equal(core.run("r5", "1".repeat(40), "chg_2", 1), "acts");
    assert.deepEqual(
      [...(core.state?.runs.values() ?? [])].map(({ attempt }) => attempt),
      [1, 2, 3, 1],
    );
    for (const change of ["chg_3", "chg_4"]) core.run(`of ${change}`, "1".repeat(40), change, 1);
    assert.equal(core.run("r6", "1".repeat(40), "chg_5", 1), "no_attempts_left", "the same commit under a fourth name");
  });

  test("read every live case, each written down", () => {
    const core = suite("c1", "c2");
    core.tell({ kind: "retire", cases: ["c2"], because: "refreshed" });
    core.run("r1", SHA, "chg_1", 1);
    assert.deepEqual(
      [...(core.state?.cases.values() ?? [])].map(({ reads }) => reads),
      [1, 0],
    );
  });

  test("need cases, and visible counts that can be", () => {
    assert.equal(suite().run("r1", SHA, "chg_1", 1), "no_cases");
    const visible = { passed: 2, total: 1 };
    assert.equal(suite("c1").tell({ kind: "start", runId: "r1", sha: SHA, changeId: "chg_1", visible }), "invalid");
  });
});

test("the gap counts judged runs of the last 28 days", () => {
  const core = suite("c1");
  core.run("r1", SHA, "chg_1", 1);
  core.run("r2", OTHER, "chg_2", 0, AT + 20 * DAY);
  assert.equal(recentGap(core.state as HoldbackState, AT + 21 * DAY)?.points, 50);
  assert.equal(recentGap(core.state as HoldbackState, AT + 29 * DAY)?.points, 100);
  assert.equal(recentGap(core.state as HoldbackState, AT + 49 * DAY), null);
});

test("what is retired twice, unknown or too much changes nothing by half", () => {
  const core = suite("c1");
  assert.equal(core.tell({ kind: "retire", cases: ["c1", "c9"], because: "refreshed" }), "unknown_case");
  assert.equal(liveCases(core.state as HoldbackState).length, 1);
  assert.equal(core.tell({ kind: "retire", cases: ["c1", "c1"], because: "contaminated" }), "acts");
  assert.equal(core.tell({ kind: "retire", cases: ["c1"], because: "refreshed" }), "quiet");
  assert.equal(core.state?.cases.get("c1")?.retired, "contaminated");
  const cases = Array.from({ length: 1001 }, (_, nth) => aCase(`n${nth}`));
  assert.equal(core.tell({ kind: "add", cases }), "too_many");
  assert.equal(core.tell({ kind: "add", cases: cases.slice(0, 1000) }), "acts");
  assert.equal(new Suite().tell({ kind: "add", cases: [aCase("c1")] }), "unknown_suite");
});

test("the digest of a suite names its live cases, in whatever order they came", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 }), fc.uuid(), (ids, more) => {
      const digest = (of: string[]): string => suiteDigest(suite(...of).state as HoldbackState);
      assert.equal(digest(ids), digest(ids.toReversed()));
      if (!ids.includes(more)) assert.notEqual(digest(ids), digest([...ids, more]));
    }),
    { numRuns: 30 },
  );
});
