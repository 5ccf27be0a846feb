import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Actor } from "../envelope.ts";
import { sameName } from "../same-name.ts";
import { type AgentCommand, type AgentDecision, type AgentState, decideAgent, foldAgent } from "./agents.ts";
import { isLive, MAX_LIVE_CREDENTIALS } from "./credential.ts";

const AT = "2026-11-20T10:00:00.000Z";
const LATER = "2026-11-20T11:00:00.000Z";
const SHA = "a".repeat(64);
const BY: Actor = { kind: "human", id: "admin" };

interface Happened {
  readonly type: string;
  readonly recordedat: string;
  readonly data: Record<string, unknown>;
}

const registered = (more: object = {}): Happened => ({
  type: "andon.agent.registered.v1",
  recordedat: AT,
  data: { agentId: "agt_a", name: "Checkout bot", team: "payments", ...more },
});
const keyIssued = (keyId: string, more: object = {}): Happened => ({
  type: "andon.agent.key.issued.v1",
  recordedat: AT,
  data: { agentId: "agt_a", keyId, sha256: SHA, ...more },
});
const keyRevoked = (keyId: string): Happened => ({
  type: "andon.agent.key.revoked.v1",
  recordedat: LATER,
  data: { agentId: "agt_a", keyId },
});
const changed = (data: object): Happened => ({
  type: "andon.agent.changed.v1",
  recordedat: LATER,
  data: { agentId: "agt_a", ...data },
});

const fold = (...events: Happened[]): AgentState | null => events.reduce<AgentState | null>(foldAgent, null);
const given = (...events: Happened[]) => ({
  when: (command: AgentCommand, nameTaken = false): AgentDecision =>
    decideAgent(fold(...events), command, { at: LATER, by: BY, nameTaken }),
});

function acts(decision: AgentDecision, type: string, data: object): void {
  assert.equal(decision.kind, "acts", JSON.stringify(decision));
  if (decision.kind !== "acts") return;
  assert.equal(decision.fact.schema.type, type);
  assert.deepEqual(decision.fact.data, data);
  assert.deepEqual(decision.fact.actor, BY);
}

const register = { kind: "register", agentId: "agt_a", name: "Checkout bot", team: "payments" } as const;
const issue = { kind: "issue_key", agentId: "agt_a", keyId: "key_1", sha256: SHA } as const;
const revoke = { kind: "revoke_key", agentId: "agt_a", keyId: "key_1" } as const;

describe("registering an agent", () => {
  test("acts on a new one", () => {
    acts(given().when({ ...register, feature: "checkout", vendor: "codex" }), "andon.agent.registered.v1", {
      agentId: "agt_a",
      name: "Checkout bot",
      team: "payments",
      feature: "checkout",
      vendor: "codex",
    });
  });
  test("refuses a name that another agent has", () => assert.equal(given().when(register, true).kind, "name_taken"));
  test("refuses other details for one that is there", () => {
    assert.equal(given(registered()).when({ ...register, team: "risk" }).kind, "taken");
    assert.equal(given(registered({ feature: "checkout" })).when(register).kind, "taken");
  });
  test("stays quiet when it is repeated", () => assert.deepEqual(given(registered()).when(register), { kind: "quiet" }));
  test("refuses what the log could never take back", () => {
    for (const wrong of [{ name: "" }, { name: "two\nlines" }, { team: "x".repeat(257) }]) {
      assert.equal(given().when({ ...register, ...wrong }).kind, "invalid", JSON.stringify(wrong));
    }
  });
});

describe("changing an agent", () => {
  const change = { kind: "change", agentId: "agt_a" } as const;
  test("acts on what is different, and only on that", () => {
    acts(given(registered()).when({ ...change, name: "Checkout bot", team: "risk" }), "andon.agent.changed.v1", {
      agentId: "agt_a",
      team: "risk",
    });
  });
  test("takes a feature away", () => {
    const decision = given(registered({ feature: "checkout" })).when({ ...change, feature: null });
    acts(decision, "andon.agent.changed.v1", { agentId: "agt_a", feature: null });
  });
  test("refuses another agent's name, and lets one keep its own", () => {
    assert.equal(given(registered()).when({ ...change, name: "Other" }, true).kind, "name_taken");
    assert.deepEqual(given(registered()).when({ ...change, name: "Checkout bot" }, true), { kind: "quiet" });
  });
  test("refuses one that nobody registered", () => assert.equal(given().when({ ...change, team: "risk" }).kind, "unknown_agent"));
  test("stays quiet when nothing is different", () => {
    assert.deepEqual(given(registered()).when({ ...change, feature: null }), { kind: "quiet" });
  });
});

describe("issuing a key", () => {
  test("acts", () => {
    acts(given(registered()).when({ ...issue, natsUser: "UABC" }), "andon.agent.key.issued.v1", {
      agentId: "agt_a",
      keyId: "key_1",
      sha256: SHA,
      natsUser: "UABC",
    });
  });
  test("refuses an agent that nobody registered", () => assert.equal(given().when(issue).kind, "unknown_agent"));
  test("refuses a key that has expired already, or whose end is no time", () => {
    assert.equal(given(registered()).when({ ...issue, expires: LATER }).kind, "invalid");
    assert.equal(given(registered()).when({ ...issue, expires: "soon" }).kind, "invalid");
  });
  test("refuses the id of another key, and stays quiet when the same one is repeated", () => {
    assert.equal(given(registered(), keyIssued("key_1")).when({ ...issue, sha256: "b".repeat(64) }).kind, "taken");
    assert.deepEqual(given(registered(), keyIssued("key_1")).when(issue), { kind: "quiet" });
  });
  test("refuses one key too many; what was revoked or has expired does not count", () => {
    const live = Array.from({ length: MAX_LIVE_CREDENTIALS }, (_, nth) => keyIssued(`live_${nth}`));
    assert.equal(given(registered(), ...live).when(issue).kind, "too_many");
    assert.equal(given(registered(), ...live, keyRevoked("live_0")).when(issue).kind, "acts");
    const expired = keyIssued("live_0", { expires: "2026-11-20T10:30:00Z" });
    assert.equal(given(registered(), expired, ...live.slice(1)).when(issue).kind, "acts");
  });
});

describe("revoking a key", () => {
  test("acts", () => {
    const decision = given(registered(), keyIssued("key_1")).when({ ...revoke, reason: "lost laptop" });
    acts(decision, "andon.agent.key.revoked.v1", { agentId: "agt_a", keyId: "key_1", reason: "lost laptop" });
  });
  test("refuses a key that is not there", () => assert.equal(given(registered()).when(revoke).kind, "unknown_key"));
  test("stays quiet when it is revoked already", () => {
    assert.deepEqual(given(registered(), keyIssued("key_1"), keyRevoked("key_1")).when(revoke), { kind: "quiet" });
  });
});

describe("an agent's stream", () => {
  test("folds to its state", () => {
    const state = fold(
      registered({ feature: "checkout", vendor: "codex" }),
      keyIssued("key_1", { natsUser: "UABC" }),
      keyIssued("key_2", { expires: "2027-01-01T00:00:00Z" }),
      changed({ name: "Till bot", feature: null }),
      keyRevoked("key_1"),
    );
    assert.deepEqual(state, {
      agentId: "agt_a",
      name: "Till bot",
      team: "payments",
      feature: null,
      vendor: "codex",
      registeredAt: AT,
      keys: [
        { keyId: "key_1", sha256: SHA, natsUser: "UABC", issuedAt: AT, expires: null, revokedAt: LATER },
        { keyId: "key_2", sha256: SHA, natsUser: null, issuedAt: AT, expires: "2027-01-01T00:00:00Z", revokedAt: null },
      ],
    });
  });
  test("keeps the first moment of a revocation, and ignores events of a later version of the platform", () => {
    const before = fold(registered(), keyIssued("key_1"), keyRevoked("key_1"));
    assert.ok(before);
    assert.deepEqual(foldAgent(before, { ...keyRevoked("key_1"), recordedat: "2026-12-01T00:00:00.000Z" }), before);
    assert.deepEqual(foldAgent(before, { type: "andon.agent.retired.v1", recordedat: LATER, data: {} }), before);
  });
  test("a key opens until it is revoked or has expired", () => {
    const [open, ends, gone] =
      fold(registered(), keyIssued("open"), keyIssued("ends", { expires: LATER }), keyIssued("gone"), keyRevoked("gone"))?.keys ?? [];
    assert.ok(open && ends && gone);
    assert.equal(isLive(open, Date.parse(LATER)), true);
    assert.equal(isLive(ends, Date.parse(LATER) - 1), true);
    assert.equal(isLive(ends, Date.parse(LATER)), false);
    assert.equal(isLive(gone, Date.parse(AT)), false);
  });
});

test("names that look alike are the same name", () => {
  assert.equal(sameName("  Checkout Bot "), sameName("checkout bot"));
  assert.equal(sameName("Ｃheckout"), sameName("checkout"));
  assert.notEqual(sameName("checkout bot"), sameName("checkout-bot"));
});
