import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { AgentRegistry } from "../agents/registry.ts";
import { openAutonomy } from "../autonomy/autonomy.ts";
import { makeAutonomyDesk } from "./autonomy-desk.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-09-01T00:00:00Z");
const ANA = { kind: "human", id: "psn_ana" } as const;
const BIA = { kind: "human", id: "psn_bia" } as const;
const scope = { agent: "agt_a", pathSet: "shop/api", changeClass: "feature", riskTier: 1 } as const;
const done = { merged: true, gatesGreen: true, durable: true, deniedExecuted: 0, worstIncident: null, agentLines: 100, changedLines: 5 };

test("an agent rises by evidence and two signatures, and falls by rule", async () => {
  let now = START;
  let made = 0;
  const random = (bytes: number) => createHash("sha256").update(String(++made)).digest().subarray(0, bytes);
  await using autonomy = await openAutonomy({ store: openMemoryEventStore(), now: () => now, random, floor: 2 });
  const registry = { list: () => [{ agentId: "agt_a", name: "Checkout bot" }] } as unknown as AgentRegistry;
  const desk = makeAutonomyDesk({ autonomy, registry, nameOf: (id) => (id === "psn_ana" ? "Ana" : null), now: () => now, floor: 2 });
  const measures = {
    tests_green: { value: true, source: "ci" },
    rollback_possible: { value: true, source: "drill_1" },
    readiness: { value: 0.85, source: "review_1" },
  };

  const early = await desk.propose({ scope, to: 3, measures }, ANA);
  assert.ok(early.kind === "ok" && !early.value.proposed);
  assert.ok(early.value.evidence.conditions.some(({ met }) => !met));

  // 35 successes without a failure are the fewest whose 95 % bound is 0.90; over more than four weeks.
  for (let nth = 0; nth < 35; nth++) {
    now = START + nth * DAY;
    const recorded = await desk.recordTrial(
      { scope, trial: { trialId: `chg_${nth}`, finishedAt: new Date(now).toISOString(), ...done } },
      ANA,
    );
    assert.equal(recorded.kind, "ok");
  }
  const proposed = await desk.propose({ scope, to: 3, measures }, ANA);
  assert.ok(proposed.kind === "ok" && proposed.value.proposed, JSON.stringify(proposed));
  const { proposalId } = proposed.value;
  const sign = (role: "team_lead" | "policy_owner", roles: readonly ["lead"] | readonly ["policy_engineer"], by: typeof ANA | typeof BIA) =>
    desk.sign({ scope, proposalId, role }, roles, by);
  assert.equal((await sign("policy_owner", ["lead"], ANA)).kind, "conflict", "a lead does not sign as the policies' owner");
  const first = await sign("team_lead", ["lead"], ANA);
  assert.ok(first.kind === "ok" && first.value.level === 2);
  assert.deepEqual(
    first.value.proposal?.signatures.map(({ name, role }) => [name, role]),
    [["Ana", "team_lead"]],
  );
  assert.equal((await sign("policy_owner", ["policy_engineer"], ANA)).kind, "conflict", "nobody signs twice");
  const second = await sign("policy_owner", ["policy_engineer"], BIA);
  assert.ok(second.kind === "ok", JSON.stringify(second));
  const { level, state, probationLeft, trials, agentName } = second.value;
  assert.deepEqual([level, state, probationLeft, agentName], [3, "probation", 20, "Checkout bot"]);
  assert.deepEqual([trials.trials, trials.successes], [35, 35]);
  // Wilson's lower bound for 35 of 35 at z = 1.959964: 35 / (35 + z²).
  assert.ok(Math.abs(trials.lower - 35 / (35 + 1.959963984540054 ** 2)) < 1e-9);

  const fallen = await desk.report({ scope, report: { rule: "secret_exposed", ref: "inc_1" } }, BIA);
  assert.ok(fallen.kind === "ok");
  assert.deepEqual([fallen.value.level, fallen.value.state], [0, "suspended"]);
  assert.deepEqual(desk.list(), [fallen.value]);
});
