import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Actor } from "../envelope.ts";
import { isLive, MAX_LIVE_CREDENTIALS } from "./credential.ts";
import { decidePerson, type PersonCircumstances, type PersonCommand, type PersonDecision, type PersonState } from "./people.ts";
import { foldPerson } from "./people-fold.ts";

const AT = "2026-11-20T10:00:00.000Z";
const LATER = "2026-11-20T11:00:00.000Z";
const SHA = "a".repeat(64);
const BY: Actor = { kind: "human", id: "psn_admin" };

interface Told {
  readonly type: string;
  readonly recordedat: string;
  readonly data: Record<string, unknown>;
}

const told = (name: string, recordedat: string, data: object): Told => ({
  type: `andon.person.${name}.v1`,
  recordedat,
  data: { personId: "psn_a", ...data },
});
const registered = (more: object = {}): Told =>
  told("registered", AT, { name: "Ana Prado", roles: ["approver"], teams: ["payments"], ...more });
const issued = (tokenId: string, more: object = {}): Told => told("token.issued", AT, { tokenId, sha256: SHA, ...more });
const revoked = (tokenId: string): Told => told("token.revoked", LATER, { tokenId });
const removed = told("removed", LATER, {});

const fold = (...events: Told[]): PersonState | null => events.reduce<PersonState | null>(foldPerson, null);
const given = (...events: Told[]) => ({
  when: (command: PersonCommand, more: Partial<PersonCircumstances> = {}): PersonDecision =>
    decidePerson(fold(...events), command, { at: LATER, by: BY, nameTaken: false, otherAdmins: true, ...more }),
});

function acts(decision: PersonDecision, type: string, data: object): void {
  assert.ok(decision.kind === "acts", JSON.stringify(decision));
  assert.equal(decision.fact.schema.type, `andon.person.${type}.v1`);
  assert.deepEqual(decision.fact.data, { personId: "psn_a", ...data });
  assert.deepEqual(decision.fact.actor, BY);
}

const register = { kind: "register", personId: "psn_a", name: "Ana Prado", roles: ["approver"], teams: ["payments"] } as const;
const asked = { ...register, roles: [...register.roles], teams: [...register.teams] };
const change = { kind: "change", personId: "psn_a" } as const;
const issue = { kind: "issue_token", personId: "psn_a", tokenId: "tok_1", sha256: SHA } as const;
const revoke = { kind: "revoke_token", personId: "psn_a", tokenId: "tok_1" } as const;
const remove = { kind: "remove", personId: "psn_a" } as const;

describe("registering a person", () => {
  test("acts on a new one", () => {
    acts(given().when(asked), "registered", { name: "Ana Prado", roles: ["approver"], teams: ["payments"] });
  });
  test("refuses a name that another person has", () => assert.equal(given().when(asked, { nameTaken: true }).kind, "name_taken"));
  test("refuses other details for one that is there, and stays quiet when it is repeated", () => {
    assert.equal(given(registered()).when({ ...asked, roles: ["lead"] }).kind, "taken");
    assert.deepEqual(given(registered({ teams: ["a", "b"] })).when({ ...asked, teams: ["b", "a"] }), { kind: "quiet" });
  });
  test("does not bring back whoever was removed", () => assert.equal(given(registered(), removed).when(asked).kind, "taken"));
  test("refuses what the log could never take back", () => {
    for (const wrong of [{ name: "" }, { name: "two\nlines" }, { roles: [] }, { roles: ["lead", "lead"] }, { teams: ["x".repeat(257)] }]) {
      assert.equal(given().when({ ...asked, ...wrong } as PersonCommand).kind, "invalid", JSON.stringify(wrong));
    }
  });
});

describe("changing a person", () => {
  test("acts on what is different, and only on that", () => {
    const decision = given(registered()).when({ ...change, name: "Ana Prado", roles: ["lead", "approver"], teams: ["payments"] });
    acts(decision, "changed", { roles: ["lead", "approver"] });
    acts(given(registered()).when({ ...change, teams: [] }), "changed", { teams: [] });
  });
  test("stays quiet when nothing is different", () => {
    assert.deepEqual(given(registered()).when({ ...change, roles: ["approver"] }), { kind: "quiet" });
  });
  test("refuses another person's name, and lets one keep their own", () => {
    assert.equal(given(registered()).when({ ...change, name: "Bia Lima" }, { nameTaken: true }).kind, "name_taken");
    assert.deepEqual(given(registered()).when({ ...change, name: "Ana Prado" }, { nameTaken: true }), { kind: "quiet" });
  });
  test("refuses to take the role from the last administrator, not from one of two", () => {
    const admin = registered({ roles: ["admin", "lead"] });
    assert.equal(given(admin).when({ ...change, roles: ["lead"] }, { otherAdmins: false }).kind, "last_admin");
    assert.equal(given(admin).when({ ...change, roles: ["admin"] }, { otherAdmins: false }).kind, "acts");
    assert.equal(given(admin).when({ ...change, name: "Ana P." }, { otherAdmins: false }).kind, "acts");
    assert.equal(given(admin).when({ ...change, roles: ["lead"] }).kind, "acts");
  });
  test("refuses one whom nobody registered, and one who was removed", () => {
    assert.equal(given().when({ ...change, name: "Bia" }).kind, "unknown_person");
    assert.equal(given(registered(), removed).when({ ...change, name: "Bia" }).kind, "unknown_person");
  });
});

describe("issuing a token", () => {
  test("acts", () => {
    const expires = "2027-01-01T00:00:00Z";
    acts(given(registered()).when({ ...issue, expires }), "token.issued", { tokenId: "tok_1", sha256: SHA, expires });
  });
  test("refuses whoever is not there", () => {
    assert.equal(given().when(issue).kind, "unknown_person");
    assert.equal(given(registered(), removed).when(issue).kind, "unknown_person");
  });
  test("refuses one that has expired already", () => {
    assert.equal(given(registered()).when({ ...issue, expires: LATER }).kind, "invalid");
    assert.equal(given(registered()).when({ ...issue, expires: "soon" }).kind, "invalid");
  });
  test("refuses the id of another token, and stays quiet when the same one is repeated", () => {
    assert.equal(given(registered(), issued("tok_1")).when({ ...issue, sha256: "b".repeat(64) }).kind, "taken");
    assert.deepEqual(given(registered(), issued("tok_1")).when(issue), { kind: "quiet" });
  });
  test("refuses one too many; what was revoked does not count", () => {
    const live = Array.from({ length: MAX_LIVE_CREDENTIALS }, (_, nth) => issued(`live_${nth}`));
    const decision = given(registered(), ...live).when(issue);
    assert.equal(decision.kind, "too_many");
    assert.match("reason" in decision ? decision.reason : "", /20 working tokens/);
    assert.equal(given(registered(), ...live, revoked("live_0")).when(issue).kind, "acts");
  });
});

describe("revoking a token", () => {
  test("acts, also on the last administrator's last one", () => {
    const decision = given(registered({ roles: ["admin"] }), issued("tok_1")).when({ ...revoke, reason: "lost" }, { otherAdmins: false });
    acts(decision, "token.revoked", { tokenId: "tok_1", reason: "lost" });
  });
  test("refuses a token that is not there", () => assert.equal(given(registered()).when(revoke).kind, "unknown_token"));
  test("stays quiet when it opens nothing any more", () => {
    assert.deepEqual(given(registered(), issued("tok_1"), revoked("tok_1")).when(revoke), { kind: "quiet" });
    assert.deepEqual(given(registered(), issued("tok_1"), removed).when(revoke), { kind: "quiet" });
  });
});

describe("removing a person", () => {
  test("acts once", () => {
    acts(given(registered()).when({ ...remove, reason: "left" }), "removed", { reason: "left" });
    assert.deepEqual(given(registered(), removed).when(remove), { kind: "quiet" });
  });
  test("refuses the last administrator, not one of two and nobody else", () => {
    const admin = registered({ roles: ["admin"] });
    assert.equal(given(admin).when(remove, { otherAdmins: false }).kind, "last_admin");
    assert.equal(given(admin).when(remove).kind, "acts");
    assert.equal(given(registered()).when(remove, { otherAdmins: false }).kind, "acts");
  });
  test("refuses whoever is not there", () => assert.equal(given().when(remove).kind, "unknown_person"));
});

describe("a person's stream", () => {
  test("folds to their state", () => {
    const state = fold(
      registered(),
      issued("tok_1"),
      issued("tok_2", { expires: "2027-01-01T00:00:00Z" }),
      told("changed", LATER, { name: "Ana Lima", roles: ["lead"] }),
      revoked("tok_1"),
    );
    assert.deepEqual(state, {
      personId: "psn_a",
      name: "Ana Lima",
      roles: ["lead"],
      teams: ["payments"],
      registeredAt: AT,
      removedAt: null,
      tokens: [
        { tokenId: "tok_1", sha256: SHA, issuedAt: AT, expires: null, revokedAt: LATER },
        { tokenId: "tok_2", sha256: SHA, issuedAt: AT, expires: "2027-01-01T00:00:00Z", revokedAt: null },
      ],
    });
  });
  test("no token opens after a removal, and the first moment of an end stays", () => {
    const state = fold(registered(), issued("tok_1"), issued("tok_2"), { ...revoked("tok_1"), recordedat: AT }, removed);
    assert.deepEqual(
      state?.tokens.map(({ revokedAt }) => revokedAt),
      [AT, LATER],
    );
    assert.ok(state?.tokens.every((token) => !isLive(token, Date.parse(AT))));
    assert.deepEqual(foldPerson(state ?? null, { ...removed, recordedat: "2026-12-01T00:00:00.000Z" }), state);
  });
  test("ignores events of a later version of the platform, and what nobody was registered for", () => {
    const before = fold(registered());
    assert.deepEqual(foldPerson(before, told("paused", LATER, {})), before);
    assert.equal(fold(issued("tok_1")), null);
  });
});
