import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AutonomyKey, Role } from "../../../schemas/autonomy.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, happenedAt } from "../fact.ts";
import { decideAutonomy } from "./autonomy.ts";
import type { AutonomyCommand, AutonomyDecision, AutonomyReport } from "./commands.ts";
import type { Measures } from "./ladder.ts";
import { levelOf } from "./level.ts";
import { configDigest, scopeIdOf } from "./scope.ts";
import { type AutonomyState, foldAutonomy } from "./state.ts";
import { failuresOf } from "./trials.ts";

const DAY = 24 * 3_600_000;
const T0 = Date.parse("2026-03-02T09:00:00Z");
const KEY: AutonomyKey = { config: "a".repeat(64), pathSet: "checkout/src", changeClass: "bug", riskTier: 1 };
const LEDGER: Actor = { kind: "service", id: "autonomy" };
const person = (id: string): Actor => ({ kind: "human", id });

const good = { merged: true, gatesGreen: true, durable: true, deniedExecuted: 0, worstIncident: null, agentLines: 100, changedLines: 20 };
const measured = (values: Record<string, number | boolean>): Measures =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, source: `src:${id}` }]));
const MEASURES: Record<number, Measures> = {
  1: measured({ sandbox_exists: true, tool_policy_exists: true, owner_attested: true }),
  2: measured({ sessions: 20, critical_denies: 0, secret_scan_clean: true }),
  3: measured({ tests_green: true, rollback_possible: true, readiness: 0.8 }),
  4: measured({
    ...{ rubber_stamp_share: 0.05, holdback_cases: 30, holdback_gap_points: 5 },
    ...{ r1_not_red: true, r4_not_red: true, evidence_completeness: 0.98 },
  }),
  5: measured({ serious_incidents: 0, rollback_drill_days: 30, spend_cap: true }),
};
const SIGNERS: Record<number, [string, Role][]> = {
  1: [["ana", "team_lead"]],
  2: [["ana", "team_lead"]],
  3: [
    ["ana", "team_lead"],
    ["rui", "policy_owner"],
  ],
  4: [
    ["eva", "service_owner"],
    ["rui", "policy_owner"],
  ],
  5: [
    ["ceo", "executive"],
    ["cto", "executive"],
  ],
};

/** One scope's life. Time only goes forward. */
class Life {
  state: AutonomyState | null = null;
  now = T0;
  key = KEY;
  readonly names: string[] = [];
  #serial = 0;

  decide(command: AutonomyCommand, by: Actor = LEDGER): AutonomyDecision {
    return decideAutonomy(this.state, command, { nowMs: this.now, by, scopeId: scopeIdOf(this.key), key: this.key, floor: 0 });
  }
  tell(command: AutonomyCommand, by: Actor = LEDGER): AutonomyDecision {
    const decision = this.decide(command, by);
    if (decision.kind !== "acts") return decision;
    for (const fact of decision.facts) {
      this.names.push(fact.schema.name.replace("autonomy.", ""));
      this.state = foldAutonomy(this.state, JSON.parse(JSON.stringify(happenedAt(fact, this.now))));
    }
    return decision;
  }
  acts(command: AutonomyCommand, by: Actor = LEDGER): this {
    const decision = this.tell(command, by);
    assert.equal(decision.kind, "acts", JSON.stringify(decision));
    return this;
  }
  days(count: number): this {
    this.now += count * DAY;
    return this;
  }
  trials(count: number, more: Partial<typeof good> = {}): this {
    for (let n = 0; n < count; n++)
      this.acts({ kind: "record_trial", trialId: `c${++this.#serial}`, finishedMs: this.now, ...good, ...more });
    return this;
  }
  report(report: AutonomyReport): this {
    return this.acts({ kind: "report", report });
  }
  propose(to: number, more: Partial<Extract<AutonomyCommand, { kind: "propose" }>> = {}): AutonomyDecision {
    const untilMs = to === 5 ? this.now + 30 * DAY : undefined;
    return this.tell({ kind: "propose", proposalId: `p${to}`, to, measures: MEASURES[to] ?? {}, untilMs, ...more });
  }
  sign(to: number): AutonomyDecision {
    let last: AutonomyDecision = { kind: "quiet" };
    for (const [id, role] of SIGNERS[to] ?? [])
      last = this.tell({ kind: "sign", proposalId: `p${to}`, role, reviewId: "rev_9" }, person(id));
    return last;
  }
  raise(to: number): this {
    for (const decision of [this.propose(to), this.sign(to)]) assert.equal(decision.kind, "acts", JSON.stringify(decision));
    return this;
  }
  /** The straight way up, as fast as the table allows. */
  climb(to: number): this {
    if (to >= 1) this.raise(1).trials(20);
    if (to >= 2) this.raise(2);
    if (to >= 3) this.trials(35).days(28).raise(3);
    if (to >= 4) this.trials(38).days(42).raise(4);
    // Those of the first weeks lie outside the 90 days by then.
    if (to >= 5) this.trials(381).days(84).raise(5);
    return this;
  }
  get answer() {
    const { level, state } = levelOf(this.state, 0);
    return `${state} ${level}`;
  }
  get last() {
    return this.names.at(-1);
  }
}

const life = () => new Life();
const missing = (decision: AutonomyDecision): string[] =>
  decision.kind === "missing" ? decision.missing.map(({ id }) => id) : assert.fail(JSON.stringify(decision));

describe("a scope that nobody granted anything", () => {
  test("has the configured floor", () => {
    assert.deepEqual(levelOf(null, 0), { level: 0, state: "none", shadow: false, scopeId: null });
    assert.deepEqual(levelOf(life().trials(3).state, 1), { level: 1, state: "none", shadow: false, scopeId: scopeIdOf(KEY) });
  });
  test("climbs every step with its evidence and signatures", () => {
    const all = life().climb(5);
    assert.equal(all.answer, "probation 5");
    assert.deepEqual(
      all.names.filter((name) => name === "granted" || name === "promoted"),
      ["granted", ...Array(4).fill("promoted")],
    );
  });
});

describe("a trial", () => {
  test("succeeds when all of it holds, and says what did not", () => {
    assert.deepEqual(failuresOf(good), []);
    const wrong: [string, Partial<typeof good> | { worstIncident: number }][] = [
      ["not_merged", { merged: false }],
      ["gate_not_green", { gatesGreen: false }],
      ["not_durable", { durable: false }],
      ["denied_action_executed", { deniedExecuted: 1 }],
      ["incident", { worstIncident: 3 }],
      ["rewritten", { changedLines: 21 }],
    ];
    for (const [failure, more] of wrong) assert.deepEqual(failuresOf({ ...good, ...more }), [failure]);
    assert.deepEqual(failuresOf({ ...good, worstIncident: 4 }), []);
    assert.deepEqual(failuresOf({ ...good, agentLines: 0, changedLines: 0 }), []);
  });
  test("counts once, and not before its verdict", () => {
    const one = life().trials(1);
    assert.deepEqual(one.tell({ kind: "record_trial", trialId: "c1", finishedMs: one.now, ...good }), { kind: "quiet" });
    assert.equal(one.tell({ kind: "record_trial", trialId: "c9", finishedMs: one.now + 1, ...good }).kind, "invalid");
  });
  test("the twentieth at a level ends probation", () => {
    const nearly = life().climb(1);
    assert.equal(nearly.answer, "active 1");
    const anew = nearly.raise(2).trials(19);
    assert.equal(anew.answer, "probation 2");
    assert.equal(anew.trials(1).answer, "active 2");
  });
});

describe("a promotion", () => {
  test("names what is missing, with its numbers", () => {
    const early = life().climb(2).trials(34);
    assert.deepEqual(missing(early.propose(3)), ["days_at_level"]);
    const answer = early.propose(3, { measures: {} });
    assert.ok(answer.kind === "missing");
    assert.deepEqual(missing(answer), ["days_at_level", "tests_green", "rollback_possible", "readiness"]);
    assert.deepEqual(answer.missing.at(-1), { id: "readiness", met: false, value: "unknown", needed: ">= 0.8" });
  });
  test("needs the bound, not the share: 34 of 34 are too few for level 3, 35 of 35 are enough", () => {
    // Those of level 1 lie outside the 90 days by then.
    const trials = (count: number) => life().climb(2).days(70).trials(count).days(28);
    assert.deepEqual(missing(trials(34).propose(3)), ["lower_bound", "trials"]);
    assert.equal(trials(35).propose(3).kind, "acts");
  });
  test("needs probation to be over, one level at a time", () => {
    const young = life().raise(1).trials(19);
    assert.deepEqual(missing(young.propose(2)), ["probation_trials"]);
    assert.equal(life().climb(1).propose(3).kind, "invalid");
    assert.equal(life().climb(1).propose(1).kind, "invalid");
    assert.equal(life().climb(5).propose(6).kind, "not_now");
  });
  test("counts 90 days, no more", () => {
    const old = life().climb(2).trials(40).days(91);
    assert.deepEqual(missing(old.propose(3)).slice(0, 2), ["lower_bound", "trials"]);
  });
  test("every measure is needed, at its boundary", () => {
    const worse: [number, string, number | boolean][] = [
      [3, "readiness", 0.79],
      [3, "tests_green", false],
      [4, "rubber_stamp_share", 0.051],
      [4, "holdback_cases", 29],
      [4, "holdback_gap_points", 5.1],
      [4, "evidence_completeness", 0.979],
      [4, "r1_not_red", false],
      [5, "serious_incidents", 1],
      [5, "rollback_drill_days", 31],
      [5, "rollback_drill_days", Number.NaN],
      [5, "spend_cap", 1],
    ];
    const ready = new Map([
      [3, life().climb(2).trials(35).days(28)],
      [4, life().climb(3).trials(38).days(42)],
      [5, life().climb(4).trials(381).days(84)],
    ]);
    for (const [to, id, value] of worse) {
      const measures = { ...MEASURES[to], [id]: { value, source: "s" } };
      const untilMs = (ready.get(to) as Life).now + DAY;
      const decision = (ready.get(to) as Life).decide({ kind: "propose", proposalId: "p", to, measures, untilMs });
      assert.deepEqual(missing(decision), [id], `${id} ${value}`);
    }
  });
  test("to level 5 needs a low tier, an end within 30 days and no grave incident in the trials", () => {
    const ready = life().climb(4).trials(900).days(84);
    assert.deepEqual(missing(ready.propose(5, { untilMs: undefined })), ["ends"]);
    assert.deepEqual(missing(ready.propose(5, { untilMs: ready.now + 31 * DAY })), ["ends"]);
    const risky = life();
    risky.key = { ...KEY, riskTier: 2 };
    assert.deepEqual(missing(risky.climb(4).trials(381).days(84).propose(5)), ["risk_tier"]);
    const grave = life()
      .climb(4)
      .trials(1200)
      .trials(1, { worstIncident: 2 } as object)
      .days(84);
    assert.deepEqual(missing(grave.propose(5)), ["serious_incidents_in_trials"]);
  });
  test("is not given where a rule would take it at once", () => {
    const shaky = life().climb(2).trials(200).trials(2, { durable: false }).days(28).trials(1, { merged: false });
    assert.ok(missing(shaky.propose(3)).includes("no_rule_against_it"));
  });
});

describe("signing", () => {
  const ready = () => {
    const three = life().climb(3).trials(38).days(42);
    assert.equal(three.propose(4).kind, "acts");
    return three;
  };
  const sign = (role: Role, more: object = { reviewId: "rev_9" }) => ({ kind: "sign", proposalId: "p4", role, ...more }) as const;

  test("takes two people, each with a role of the table, in a review", () => {
    const one = ready().acts(sign("policy_owner"), person("rui"));
    assert.equal(one.answer, "active 3");
    assert.equal(one.tell(sign("service_owner"), person("rui")).kind, "second_person");
    assert.deepEqual(one.tell(sign("policy_owner"), person("rui")), { kind: "quiet" });
    assert.equal(one.tell(sign("policy_owner"), person("eva")).kind, "wrong_role");
    assert.equal(one.tell(sign("executive"), person("eva")).kind, "wrong_role");
    assert.equal(one.tell(sign("service_owner", {}), person("eva")).kind, "invalid");
    assert.equal(one.tell(sign("service_owner"), { kind: "agent", id: "agt_a" }).kind, "people_only");
    const both = one.tell(sign("service_owner"), person("eva"));
    assert.ok(both.kind === "acts");
    const { signatures, evidence } = (both.facts.at(-1) as Fact).data as { signatures: unknown; evidence: { bounds: unknown[] } };
    assert.deepEqual(signatures, [
      { personId: "rui", role: "policy_owner", at: new Date(one.now).toISOString(), reviewId: "rev_9" },
      { personId: "eva", role: "service_owner", at: new Date(one.now).toISOString(), reviewId: "rev_9" },
    ]);
    assert.deepEqual(evidence.bounds, [
      {
        of: "trials",
        from: new Date(one.now - 90 * DAY).toISOString(),
        to: new Date(one.now).toISOString(),
        trials: 93,
        successes: 93,
        lower: 93 / (93 + 1.959963984540054 ** 2),
      },
    ]);
    assert.equal(one.answer, "probation 4");
  });
  test("two executives are two people", () => {
    const five = life().climb(4).trials(381).days(84);
    five.propose(5);
    const one = { kind: "sign", proposalId: "p5", role: "executive", reviewId: "rev_9" } as const;
    five.acts(one, person("ceo"));
    assert.deepEqual(five.tell(one, person("ceo")), { kind: "quiet" });
    assert.equal(five.answer, "active 4");
    assert.equal(five.acts(one, person("cto")).answer, "probation 5");
  });
  test("does not outlive its evidence, its two weeks or the level", () => {
    const spoilt = ready().acts(sign("policy_owner"), person("rui")).trials(2, { merged: false });
    assert.deepEqual(missing(spoilt.tell(sign("service_owner"), person("eva"))).includes("lower_bound"), true);
    assert.equal(spoilt.answer, "active 3");
    assert.equal(ready().days(14).tell(sign("policy_owner"), person("rui")).kind, "unknown_proposal");
    const demoted = ready().report({ rule: "incident", ref: "inc_1", severity: 2 });
    assert.equal(demoted.tell(sign("policy_owner"), person("rui")).kind, "unknown_proposal");
    const frozen = ready().report({ rule: "line_red", ref: "andon_1" });
    assert.equal(frozen.tell(sign("policy_owner"), person("rui")).kind, "unknown_proposal");
  });
});

describe("immediate demotion", () => {
  test("a grave incident leads to level 2, and one down where the configuration is shared", () => {
    assert.equal(life().climb(4).report({ rule: "incident", ref: "i", severity: 1 }).answer, "probation 2");
    assert.equal(life().climb(4).report({ rule: "incident_shared", ref: "i", severity: 2 }).answer, "probation 3");
    assert.deepEqual(
      life()
        .climb(2)
        .decide({ kind: "report", report: { rule: "incident", ref: "i", severity: 2 } }),
      { kind: "quiet" },
    );
    assert.equal(
      life()
        .climb(4)
        .decide({ kind: "report", report: { rule: "incident", ref: "i", severity: 3 } }).kind,
      "invalid",
    );
  });
  test("an action above the level, an exposed secret or a sandbox escape suspends until a review", () => {
    for (const rule of ["action_above_level", "secret_exposed", "sandbox_escaped"] as const) {
      const scope = life().climb(3).report({ rule, ref: "dec_1" });
      assert.equal(scope.answer, "suspended 0");
      assert.equal(scope.propose(4).kind, "invalid");
      assert.deepEqual(missing(scope.propose(3)), ["days_at_level"]);
      assert.equal(scope.raise(1).answer, "probation 1");
      assert.equal(scope.last, "granted");
    }
    assert.equal(life().report({ rule: "secret_exposed", ref: "x" }).answer, "suspended 0");
  });
  test("a holdback failure after the merge, or contamination, leads to level 3", () => {
    for (const rule of ["holdback_failed", "holdback_contaminated"] as const) {
      assert.equal(life().climb(5).report({ rule, ref: "v" }).answer, "probation 3");
      assert.deepEqual(
        life()
          .climb(3)
          .decide({ kind: "report", report: { rule, ref: "v" } }),
        { kind: "quiet" },
      );
    }
  });
  test("rubber stamps for two weeks take level 4 away", () => {
    const report = (share: number, days: number) => ({ rule: "rubber_stamp", ref: "w", share, days }) as const;
    assert.equal(life().climb(4).report(report(0.16, 14)).answer, "probation 3");
    for (const [share, days] of [
      [0.15, 14],
      [0.16, 13],
    ] as const) {
      assert.equal(
        life()
          .climb(4)
          .decide({ kind: "report", report: report(share, days) }).kind,
        "invalid",
      );
    }
    assert.deepEqual(
      life()
        .climb(3)
        .decide({ kind: "report", report: report(0.5, 20) }),
      { kind: "quiet" },
    );
  });
  test("the same report again has no further effect", () => {
    const once = life().climb(4).report({ rule: "incident_shared", ref: "i", severity: 2 });
    assert.deepEqual(once.decide({ kind: "report", report: { rule: "incident_shared", ref: "i", severity: 2 } }), { kind: "quiet" });
    assert.equal(once.report({ rule: "incident_shared", ref: "j", severity: 2 }).answer, "probation 2");
  });
  test("a third failure in the last twenty takes one level, and is used up", () => {
    const scope = life().climb(2).trials(18).trials(2, { merged: false });
    assert.deepEqual(scope.decide({ kind: "assess" }), { kind: "quiet" });
    const third = scope.trials(1, { durable: false }).tell({ kind: "assess" });
    assert.ok(third.kind === "acts");
    const { rule, evidence } = (third.facts[0] as Fact).data as { rule: string; evidence: { bounds: { lower: number }[]; refs: string[] } };
    assert.equal(rule, "failures_in_last_trials");
    assert.ok(Math.abs((evidence.bounds[0]?.lower ?? 0) - 0.639581135259) < 1e-11);
    assert.deepEqual(evidence.refs, ["c39", "c40", "c41"]);
    assert.equal(scope.answer, "probation 1");
    assert.deepEqual(scope.decide({ kind: "assess" }), { kind: "quiet" });
    assert.equal(scope.trials(2, { merged: false }).decide({ kind: "assess" }).kind, "quiet");
    assert.equal(scope.trials(1, { merged: false }).decide({ kind: "assess" }).kind, "acts");
  });
  test("twenty successes later the failures are out of sight", () => {
    const scope = life().climb(2).trials(2, { merged: false }).trials(18).trials(1, { merged: false });
    assert.deepEqual(scope.decide({ kind: "assess" }), { kind: "quiet" });
  });
  test("a bound over 60 days three points under the level's takes one level; thin evidence without a failure does not", () => {
    const scope = life().climb(3).days(20);
    assert.deepEqual(scope.trials(5).decide({ kind: "assess" }), { kind: "quiet" });
    // 39 of 40: 0.8714, just above 0.87. 38 of 39: 0.8682.
    assert.deepEqual(life().climb(3).trials(4).trials(1, { merged: false }).decide({ kind: "assess" }), { kind: "quiet" });
    const low = life().climb(3).days(33).trials(37).trials(1, { merged: false });
    const fall = low.tell({ kind: "assess" });
    assert.equal(fall.kind === "acts" && fall.facts[0]?.data["rule"], "bound_fell");
    assert.equal(low.answer, "probation 2");
  });
  test("thirty days without a trial take one level at the next midnight UTC, and again after thirty more", () => {
    const idle = life().climb(2).trials(20);
    const lastTrial = idle.now;
    const midnight = Math.floor((lastTrial + 30 * DAY) / DAY) * DAY + DAY;
    idle.now = midnight - 1;
    assert.deepEqual(idle.decide({ kind: "assess" }), { kind: "quiet" });
    idle.now = midnight;
    assert.equal(idle.acts({ kind: "assess" }).answer, "probation 1");
    assert.deepEqual(idle.days(29).decide({ kind: "assess" }), { kind: "quiet" });
    assert.equal(idle.days(1).acts({ kind: "assess" }).answer, "probation 0");
    assert.deepEqual(idle.days(100).decide({ kind: "assess" }), { kind: "quiet" });
  });
  test("a grant's end takes it", () => {
    const five = life().climb(5).days(29).trials(1);
    assert.deepEqual(five.decide({ kind: "assess" }), { kind: "quiet" });
    assert.equal(five.days(1).acts({ kind: "assess" }).answer, "expired 4");
    assert.equal(five.last, "expired");
  });
});

describe("freezing", () => {
  test("keeps the level and lets nothing be done, until every reason is gone; then probation", () => {
    const scope = life()
      .climb(3)
      .trials(20)
      .report({ rule: "line_red", ref: "andon_1" })
      .report({ rule: "flow_negative", ref: "w1", value: -0.1 });
    assert.equal(scope.answer, "frozen 3");
    assert.equal(scope.propose(4).kind, "not_now");
    assert.deepEqual(scope.decide({ kind: "report", report: { rule: "line_red", ref: "andon_1" } }), { kind: "quiet" });
    assert.equal(scope.acts({ kind: "unfreeze", ref: "andon_1" }).answer, "frozen 3");
    assert.equal(scope.acts({ kind: "unfreeze", ref: "w1" }).answer, "probation 3");
    assert.equal(scope.decide({ kind: "unfreeze", ref: "w1" }).kind, "unknown_ref");
    assert.equal(scope.decide({ kind: "report", report: { rule: "flow_negative", ref: "w2", value: 0 } }).kind, "invalid");
  });
});

describe("shadow", () => {
  const start = (from: number, successes: number, trials: number) =>
    ({ kind: "start_shadow", predecessor: "old", from, successes, trials, frozenFor: [] as string[], suspended: false }) as const;
  const pairs = (scope: Life, count: number, success: boolean, predecessorSuccess = true, name = "p") => {
    for (let n = 0; n < count; n++) scope.acts({ kind: "record_pair", pairId: `${name}${n}`, success, predecessorSuccess });
    return scope;
  };
  test("begins one level lower, at most at 3", () => {
    for (const [from, level] of [
      [5, 3],
      [4, 3],
      [3, 2],
      [1, 0],
    ] as const) {
      const scope = life().acts(start(from, 100, 100));
      assert.deepEqual(levelOf(scope.state, 0), { level, state: "probation", shadow: true, scopeId: scopeIdOf(KEY) });
    }
    assert.deepEqual(life().decide(start(0, 0, 0)), { kind: "quiet" });
    assert.deepEqual(
      life()
        .climb(1)
        .decide(start(4, 100, 100)),
      { kind: "quiet" },
    );
  });
  test("gives the old level back after twenty pairs, when their bound is at most three points lower", () => {
    // Old: 35 of 35, bound 0.9011. 25 of 25 have 0.8668, 26 of 26 have 0.8713: 0.8711 is needed.
    const scope = pairs(life().acts(start(3, 35, 35)), 25, true);
    assert.equal(scope.answer, "active 2");
    scope.acts({ kind: "record_pair", pairId: "last", success: true, predecessorSuccess: true });
    assert.equal(scope.answer, "probation 3");
    assert.equal(levelOf(scope.state, 0).shadow, false);
    assert.equal(scope.decide({ kind: "record_pair", pairId: "more", success: true, predecessorSuccess: true }).kind, "not_in_shadow");
  });
  test("never after nineteen, never back to 5, and never below what the old one does with the same work", () => {
    assert.equal(pairs(life().acts(start(2, 0, 0)), 19, true).answer, "probation 1");
    assert.equal(pairs(life().acts(start(2, 0, 0)), 20, true).answer, "probation 2");
    assert.equal(pairs(life().acts(start(5, 100, 100)), 54, true).answer, "probation 4");
    assert.equal(pairs(life().acts(start(2, 0, 0)), 40, false).answer, "active 1");
  });
  test("goes on behind the same bars", () => {
    const frozen = life().acts({ ...start(3, 35, 35), frozenFor: ["andon_1", "w1"] });
    assert.equal(frozen.answer, "frozen 2");
    assert.equal(frozen.acts({ kind: "unfreeze", ref: "andon_1" }).acts({ kind: "unfreeze", ref: "w1" }).answer, "probation 2");
    assert.equal(life().acts({ ...start(0, 0, 0), frozenFor: ["andon_1"] }).answer, "frozen 0");
    const suspended = life().acts({ ...start(0, 0, 0), suspended: true });
    assert.equal(suspended.answer, "suspended 0");
    assert.equal(suspended.raise(1).answer, "probation 1");
  });
  test("a pair counts once", () => {
    const scope = pairs(life().acts(start(3, 35, 35)), 1, true);
    assert.deepEqual(scope.decide({ kind: "record_pair", pairId: "p0", success: true, predecessorSuccess: true }), { kind: "quiet" });
  });
});

test("another configuration is another scope; the order of its tools is not", () => {
  const config = {
    harness: "claude-code",
    harnessVersion: "2.1.9",
    model: "m",
    promptSha256: "p",
    tools: ["b", "a"],
    policyBundleMajor: 1,
  };
  const digest = configDigest(config);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.equal(configDigest({ ...config, harnessVersion: "2.4.0", tools: ["a", "b", "a"] }), digest);
  for (const more of [{ harnessVersion: "3.0.0" }, { model: "n" }, { promptSha256: "q" }, { tools: ["a"] }, { policyBundleMajor: 2 }]) {
    assert.notEqual(configDigest({ ...config, ...more }), digest);
  }
  assert.notEqual(scopeIdOf(KEY), scopeIdOf({ ...KEY, riskTier: 2 }));
});

test("foreign events change nothing", () => {
  const event = {
    type: "andon.autonomy.moved.v9",
    recordedat: "2026-01-01T00:00:00.000Z",
    actorkind: "service",
    actorid: "x",
    data: {},
  } as const;
  assert.equal(foldAutonomy(null, event), null);
  const { state } = life().climb(1);
  assert.deepEqual(foldAutonomy(state, event), { ...state, events: (state?.events ?? 0) + 1 });
});
