import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LineScope } from "../../../schemas/line.ts";
import { lineEntries, type Places } from "./reach.ts";
import { lineStream, scopeKey } from "./scope.ts";
import type { Andon, AndonState } from "./state.ts";

const NOW = 1_000_000;

const andon = (scope: LineScope, state: AndonState, more: Partial<Andon> = {}): Andon => ({
  andonId: `${scope.kind}-${scope.name}`,
  scope,
  state,
  since: NOW - 1000,
  pulledAt: NOW - 1000,
  pullers: [],
  responseMs: 900_000,
  escalateMs: 14_400_000,
  causeClass: null,
  acknowledgedBy: null,
  stoppedAt: null,
  countermeasuredBy: null,
  trial: null,
  releasedAt: null,
  escalatedFrom: null,
  escalatedTo: null,
  voidProposedBy: null,
  ...more,
});

const places: Places = {
  org: ["acme"],
  department: ["retail"],
  team: ["payments"],
  repo: ["acme/shop"],
  agent: ["agt_1"],
  model: ["claude-opus-5", "claude-opus-5-20260801"],
  vendor: ["anthropic"],
  policy: ["tool_calls", "budgets"],
  change: ["c1"],
};

const disturbed = (line: Andon): ReadonlyMap<string, readonly Andon[]> => new Map([[scopeKey(line.scope), [line]]]);

const blocks = (state: AndonState, action = "tool.call", more: Partial<Andon> = {}) =>
  lineEntries(disturbed(andon({ kind: "team", name: "payments" }, state, more)), { action, places }, NOW).map((entry) => entry.blocks);

test("of many lines those that contain the request, and none where nothing is the matter", () => {
  const lines = [
    andon({ kind: "team", name: "payments" }, "stopped"),
    andon({ kind: "team", name: "risk" }, "stopped"),
    andon({ kind: "repo", name: "acme/shop" }, "released"),
    andon({ kind: "org", name: "acme" }, "called"),
  ];
  const all = new Map(lines.map((line) => [scopeKey(line.scope), [line]]));
  assert.deepEqual(
    lineEntries(all, { action: "tool.call", places }, NOW).map(({ andonId, blocks: why }) => [andonId, why]),
    [
      ["team-payments", "stopped"],
      ["repo-acme/shop", null],
      ["org-acme", null],
    ],
  );
  assert.deepEqual(lineEntries(new Map(), { action: "tool.call", places }, NOW), []);
});

describe("which lines a request belongs to", () => {
  const belongs = (scope: LineScope, where = places): boolean =>
    lineEntries(disturbed(andon(scope, "stopped")), { action: "tool.call", places: where }, NOW).length === 1;

  test("each kind of scope, by any of the names it goes by", () => {
    for (const [kind, names] of Object.entries(places)) {
      for (const name of names) assert.ok(belongs({ kind: kind as LineScope["kind"], name }), `${kind} ${name}`);
    }
  });
  test("not to others of the same kind, nor to the same name of another kind", () => {
    for (const kind of Object.keys(places) as LineScope["kind"][]) {
      if (kind !== "org") assert.ok(!belongs({ kind, name: "else" }), kind);
    }
    assert.ok(!belongs({ kind: "team", name: "acme/shop" }));
    assert.ok(!belongs({ kind: "model", name: "claude-opus" }));
  });
  test("to the organisation's always, whatever it was called and whatever is known of the request", () => {
    assert.ok(belongs({ kind: "org", name: "another name" }, {}));
  });
  test("names that people would confuse are one", () => {
    assert.ok(belongs({ kind: "repo", name: "Acme/Shop " }));
    assert.equal(lineStream({ kind: "repo", name: "Acme/Shop " }), "line-repo.acme/shop");
  });
  test("a request that names no team belongs to no team's line", () =>
    assert.ok(!belongs({ kind: "team", name: "payments" }, { org: ["acme"] })));
});

describe("what a line holds back", () => {
  test("called or looked at: only what crosses the gate", () => {
    for (const state of ["called", "responding"] as const) {
      assert.deepEqual(blocks(state), [null]);
      assert.deepEqual(blocks(state, "change.merge"), ["gate"]);
      assert.deepEqual(blocks(state, "change.deploy"), ["gate"]);
    }
  });
  test("stopped in any way: everything", () => {
    for (const state of ["stopped", "contained", "countermeasure", "escalated"] as const) {
      for (const action of ["tool.call", "model.call", "change.merge", "anything"])
        assert.deepEqual(blocks(state, action), ["stopped"], state);
    }
  });
  test("over: nothing, and it is listed", () => {
    for (const state of ["released", "cleared", "closed", "voided"] as const) assert.deepEqual(blocks(state, "change.merge"), [null]);
  });
  test("on trial: all but the change that is tried, and that one is reviewed", () => {
    const line = andon({ kind: "team", name: "payments" }, "trial", { trial: { changeId: "c1", passed: false } });
    const entry = (change: string) =>
      lineEntries(disturbed(line), { action: "change.merge", places: { ...places, change: [change] } }, NOW)[0];
    assert.deepEqual([entry("c1")?.blocks, entry("c1")?.review], [null, true]);
    assert.deepEqual([entry("c2")?.blocks, entry("c2")?.review], ["trial", false]);
  });
  test("a call that nobody answered in time, before anybody has recorded that", () => {
    const late = { since: NOW - 900_000 };
    assert.deepEqual(blocks("called", "tool.call", late), ["stopped"]);
    assert.deepEqual(blocks("called", "tool.call", { since: NOW - 899_999 }), [null]);
  });
});
