import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Role } from "../../../schemas/person.ts";
import { grantOf, mayIn, PERMISSION_NAMES, rolesWith } from "./permissions.ts";

const member = (role: Role, ...teams: string[]) => ({ roles: [role], teams });

describe("a permission of some teams", () => {
  test("reaches as far as the person's own teams, and everywhere when they have none", () => {
    assert.deepEqual(grantOf(member("lead", "payments"), "manage_agents"), { teams: ["payments"] });
    assert.deepEqual(grantOf(member("lead"), "manage_agents"), { teams: null });
    assert.equal(mayIn(member("lead", "payments"), "manage_agents", "payments"), true);
    assert.equal(mayIn(member("lead", "payments"), "manage_agents", "risk"), false);
    assert.equal(mayIn(member("lead"), "manage_agents", "risk"), true);
  });

  test("does not tie a role that has it for all", () => {
    assert.deepEqual(grantOf(member("admin", "payments"), "manage_agents"), { teams: null });
    assert.deepEqual(grantOf({ roles: ["lead", "admin"], teams: ["payments"] }, "manage_agents"), { teams: null });
    assert.equal(mayIn(member("compliance", "payments"), "decide_approvals", "risk"), true);
  });

  test("leaves what everybody may as it is", () => {
    assert.deepEqual(grantOf(member("lead", "payments"), "read"), { teams: null });
  });

  test("is not given by teams alone", () => {
    assert.equal(grantOf(member("auditor", "payments"), "manage_agents"), null);
    assert.equal(mayIn(member("auditor", "payments"), "manage_agents", "payments"), false);
  });
});

test("more roles are never less than each of them", () => {
  const roles = rolesWith("read");
  for (const permission of PERMISSION_NAMES) {
    for (const [one, other] of roles.flatMap((a) => roles.map((b) => [a, b] as const))) {
      const both = grantOf({ roles: [one, other], teams: ["payments"] }, permission);
      for (const role of [one, other]) {
        const alone = grantOf(member(role, "payments"), permission);
        if (alone) assert.ok(both && (both.teams === null || alone.teams !== null), `${permission}: ${one} and ${other}`);
      }
    }
  }
});
