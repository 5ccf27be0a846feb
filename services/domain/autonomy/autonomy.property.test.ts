import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AutonomyKey } from "../../../schemas/autonomy.ts";
import { happenedAt } from "../fact.ts";
import { decideAutonomy } from "./autonomy.ts";
import type { AutonomyCommand, AutonomyReport } from "./commands.ts";
import type { Measures } from "./ladder.ts";
import { levelOf } from "./level.ts";
import { scopeIdOf } from "./scope.ts";
import { type AutonomyState, foldAutonomy } from "./state.ts";

const DAY = 24 * 3_600_000;
const KEY: AutonomyKey = { config: "b".repeat(64), pathSet: "src", changeClass: "chore", riskTier: 1 };
const ALL_MEASURES: Measures = Object.fromEntries(
  [
    ...["sandbox_exists", "tool_policy_exists", "owner_attested", "secret_scan_clean", "tests_green", "rollback_possible"],
    ...["r1_not_red", "r4_not_red", "spend_cap"],
  ]
    .map((id) => [id, { value: true, source: "s" }] as [string, { value: number | boolean; source: string }])
    .concat(
      Object.entries({ sessions: 99, critical_denies: 0, readiness: 1, rubber_stamp_share: 0, holdback_cases: 99 }).map(([id, value]) => [
        id,
        { value, source: "s" },
      ]),
      Object.entries({ holdback_gap_points: 0, evidence_completeness: 1, serious_incidents: 0, rollback_drill_days: 1 }).map(
        ([id, value]) => [id, { value, source: "s" }],
      ),
    ),
);
/** The table, written again: level → bound. 1.96² more exactly. */
const NEEDED: Readonly<Record<number, number>> = { 3: 0.9, 4: 0.95, 5: 0.99 };
const Z2 = 3.8414588206941227;

/** The bound holds exactly when (p − b)² ≥ z²·b·(1 − b)/n and p ≥ b: the definition, not the formula. */
const carries = (successes: number, trials: number, bound: number): boolean => {
  if (trials === 0) return bound <= 0;
  const share = successes / trials;
  return share >= bound && (share - bound) ** 2 * trials >= Z2 * bound * (1 - bound) * (1 - 1e-9);
};

type Step =
  | { readonly do: "trials"; readonly count: number; readonly failed: number }
  | { readonly do: "wait"; readonly days: number }
  | { readonly do: "rise" }
  | { readonly do: "report"; readonly report: AutonomyReport }
  | { readonly do: "unfreeze" }
  | { readonly do: "assess" }
  | { readonly do: "shadow"; readonly from: number }
  | { readonly do: "pairs"; readonly count: number; readonly failed: number };

const count = fc.integer({ min: 1, max: 80 });
const failed = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 4 }));
const report: fc.Arbitrary<AutonomyReport> = fc.oneof(
  fc.record({
    rule: fc.constantFrom("incident" as const, "incident_shared" as const),
    ref: fc.uuid(),
    severity: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ rule: fc.constantFrom("action_above_level" as const, "holdback_failed" as const, "line_red" as const), ref: fc.uuid() }),
  fc.record({
    rule: fc.constant("rubber_stamp" as const),
    ref: fc.uuid(),
    share: fc.constantFrom(0.1, 0.2),
    days: fc.constantFrom(13, 14),
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("trials" as const), count, failed }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 8, arbitrary: fc.constant({ do: "rise" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("report" as const), report }) },
  { weight: 1, arbitrary: fc.constant({ do: "unfreeze" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "assess" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("shadow" as const), from: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pairs" as const), count, failed }) },
);

const FALLS = new Set(["autonomy.demoted", "autonomy.suspended", "autonomy.expired"]);
const RISES = new Set(["autonomy.granted", "autonomy.promoted"]);

test("a rule that takes never raises, nothing rises without its bound and signatures, and the log tells the same story", () => {
  const reached = new Set<number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      let state: AutonomyState | null = null;
      let now = Date.parse("2026-01-05T08:00:00Z");
      let serial = 0;
      const verdicts: { at: number; success: boolean }[] = [];
      const tell = (command: AutonomyCommand, by: string): void => {
        const before = levelOf(state, 0);
        const circumstances = { nowMs: now, by: { kind: "human" as const, id: by }, scopeId: scopeIdOf(KEY), key: KEY, floor: 0 };
        const decision = decideAutonomy(state, command, circumstances);
        if (decision.kind !== "acts") return;
        if (command.kind === "record_trial") verdicts.push({ at: now, success: command.merged });
        if (command.kind === "record_pair") verdicts.push({ at: now, success: command.success });
        for (const fact of decision.facts) {
          const data = fact.data as { from: number; to: number; rule: string; signatures: { personId: string }[] };
          state = foldAutonomy(state, JSON.parse(JSON.stringify(happenedAt(fact, now))));
          if (FALLS.has(fact.schema.name)) assert.ok(data.to <= data.from && data.from === before.level, "a fall never raises");
          if (FALLS.has(fact.schema.name) && fact.schema.name !== "autonomy.suspended") assert.ok(data.to < data.from);
          if (!RISES.has(fact.schema.name)) continue;
          const recent = verdicts.filter(({ at }) => at > now - 90 * DAY);
          const successes = recent.filter(({ success }) => success).length;
          if (data.rule === "shadow_passed") {
            assert.ok(data.to <= 4);
            continue;
          }
          assert.ok(carries(successes, recent.length, NEEDED[data.to] ?? 0), `level ${data.to} on ${successes} of ${recent.length}`);
          assert.equal(new Set(data.signatures.map(({ personId }) => personId)).size, data.to >= 3 ? 2 : 1);
          assert.ok(!["frozen"].includes(before.state));
          reached.add(data.to);
        }
        const rose = decision.facts.some(({ schema }) => RISES.has(schema.name) || schema.name === "autonomy.shadow.started");
        if (!rose) assert.ok(levelOf(state, 0).level <= before.level, "only a promotion raises");
      };
      const trial = (success: boolean) =>
        ({
          kind: "record_trial",
          trialId: `c${++serial}`,
          finishedMs: now,
          ...{ merged: success, gatesGreen: true, durable: true, deniedExecuted: 0, worstIncident: null, agentLines: 9, changedLines: 0 },
        }) as const;
      for (const each of steps) {
        switch (each.do) {
          case "trials":
            for (let n = 0; n < each.count; n++) tell(trial(n >= each.failed), "ci");
            break;
          case "pairs":
            for (let n = 0; n < each.count; n++) {
              tell({ kind: "record_pair", pairId: `p${++serial}`, success: n >= each.failed, predecessorSuccess: true }, "ci");
            }
            break;
          case "wait":
            now += each.days * DAY;
            break;
          case "rise": {
            const to = levelOf(state, 0).level + 1;
            const proposalId = `prop${++serial}`;
            tell({ kind: "propose", proposalId, to, measures: ALL_MEASURES, untilMs: now + 30 * DAY }, "ana");
            for (const role of ["team_lead", "service_owner", "policy_owner", "executive"] as const) {
              for (const by of ["ana", "rui"]) tell({ kind: "sign", proposalId, role, reviewId: "rev" }, by);
            }
            for (const role of ["policy_owner", "executive"] as const) tell({ kind: "sign", proposalId, role, reviewId: "rev" }, "rui");
            break;
          }
          case "report":
            tell({ kind: "report", report: each.report }, "ci");
            break;
          case "unfreeze":
            for (const ref of (state as AutonomyState | null)?.frozenFor ?? []) tell({ kind: "unfreeze", ref }, "ana");
            break;
          case "assess":
            tell({ kind: "assess" }, "ci");
            break;
          case "shadow":
            tell(
              { kind: "start_shadow", predecessor: "old", from: each.from, successes: 50, trials: 50, frozenFor: [], suspended: false },
              "ci",
            );
            break;
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(reached.has(3), `levels that were reached: ${[...reached]}`);
});
