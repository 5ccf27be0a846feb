import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Actor } from "../envelope.ts";
import { happenedAt } from "../fact.ts";
import { type Delegation, type DelegationCommand, decideDelegation, foldDelegations, lentTo } from "./delegation.ts";

const DAY = 24 * 60 * 60 * 1000;
const T0 = Date.parse("2026-11-20T10:00:00Z");
const ana: Actor = { kind: "human", id: "ana" };

const lend = (more: object = {}): DelegationCommand => ({
  kind: "delegate",
  delegationId: "del_1",
  to: "bia",
  roles: ["lead"],
  until: "2026-11-27T10:00:00.000Z",
  ...more,
});
const decide = (given: readonly Delegation[], command: DelegationCommand, by = ana, at = T0) =>
  decideDelegation(given, command, { at, by, own: ["lead", "security"] });

function given(...commands: DelegationCommand[]): readonly Delegation[] {
  return commands.reduce<readonly Delegation[]>((so, command) => {
    const decision = decide(so, command);
    assert.ok(decision.kind === "acts", JSON.stringify(decision));
    return decision.facts.reduce((each, fact) => foldDelegations(each, happenedAt(fact, T0)), so);
  }, []);
}

describe("lending roles", () => {
  const has = () => ["lead", "security"];

  test("lasts until its end, and no longer", () => {
    const lent = given(lend());
    assert.deepEqual(lentTo("bia", lent, T0, has), [{ from: "ana", roles: ["lead"] }]);
    assert.deepEqual(lentTo("caio", lent, T0, has), []);
    assert.equal(lentTo("bia", lent, T0 + 7 * DAY - 1, has).length, 1);
    assert.deepEqual(lentTo("bia", lent, T0 + 7 * DAY, has), []);
  });
  test("ends earlier when its owner says so", () => {
    const lent = given(lend(), { kind: "end", delegationId: "del_1" });
    assert.deepEqual(lentTo("bia", lent, T0, has), []);
    assert.equal(decide(lent, { kind: "end", delegationId: "del_1" }).kind, "quiet");
    assert.equal(decide(lent, { kind: "end", delegationId: "del_2" }).kind, "invalid");
  });
  test("gives no more than its owner still has", () => {
    assert.deepEqual(
      lentTo("bia", given(lend({ roles: ["lead", "security"] })), T0, () => ["security"]),
      [{ from: "ana", roles: ["security"] }],
    );
  });
  test("is of own roles, to somebody else, by a person, for a while", () => {
    assert.equal(decide([], lend({ roles: ["ciso"] })).kind, "wrong_role");
    assert.equal(decide([], lend({ to: "ana" })).kind, "invalid");
    assert.equal(decide([], lend(), { kind: "agent", id: "agt_1" }).kind, "people_only");
    assert.equal(decide([], lend({ until: "2026-11-20T10:00:00.000Z" })).kind, "invalid");
    assert.equal(decide([], lend({ until: new Date(T0 + 90 * DAY).toISOString() })).kind, "acts");
    assert.equal(decide([], lend({ until: new Date(T0 + 90 * DAY + 1).toISOString() })).kind, "invalid");
    assert.equal(decide([], lend({ roles: [] })).kind, "invalid");
  });
  test("has a limit; what has ended does not count", () => {
    const many = given(...Array.from({ length: 20 }, (_, nth) => lend({ delegationId: `del_${nth}` })));
    assert.equal(decide(many, lend({ delegationId: "more" })).kind, "invalid");
    assert.equal(decide(many, lend({ delegationId: "more", until: "2026-12-20T10:00:00.000Z" }), ana, T0 + 8 * DAY).kind, "acts");
  });
});
