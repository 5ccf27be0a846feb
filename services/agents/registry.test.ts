import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { Actor } from "../domain/envelope.ts";
import type { EventBus, Issued, Revoked } from "../ports/event-bus.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type AgentRegistry, type AgentRegistryDeps, type KeyAnswer, openAgentRegistry } from "./registry.ts";

const BY: Actor = { kind: "human", id: "admin" };

let store: EventStore;
let now: number;
let counter: number;
let revoked: string[];
let said: string[];
let onBus: Revoked;

const bus: Pick<EventBus, "issueCredential" | "revokeCredential"> = {
  async issueCredential(agentId, expires): Promise<Issued> {
    const credentials = `creds for ${agentId} until ${expires}`;
    const user = `U${++counter}`;
    return { kind: "issued", credential: { user, credentials, servers: [], publish: "p", inboxPrefix: "i" } };
  },
  async revokeCredential(user) {
    revoked.push(user);
    return onBus;
  },
};

/** Bytes that are different each time and the same in every run. */
function random(bytes: number): Uint8Array {
  const digest = createHash("sha256").update(String(++counter)).digest();
  return digest.subarray(0, bytes);
}

const open = (more: Partial<AgentRegistryDeps> = {}): Promise<AgentRegistry> =>
  openAgentRegistry({ store, bus, now: () => now, random, trouble: (message) => said.push(message), ...more });

beforeEach(() => {
  store = openMemoryEventStore();
  now = Date.parse("2026-11-20T10:00:00Z");
  counter = 0;
  revoked = [];
  said = [];
  onBus = { kind: "revoked" };
});

async function registered(registry: AgentRegistry, name = "Checkout bot"): Promise<string> {
  const answer = await registry.register({ name, team: "payments", feature: "checkout" }, BY);
  assert.ok(answer.kind === "done", JSON.stringify(answer));
  return answer.agent.agentId;
}

async function issued(registry: AgentRegistry, agentId: string, expires: string | null = null): Promise<KeyAnswer & { kind: "issued" }> {
  const answer = await registry.issueKey(agentId, expires, BY);
  assert.ok(answer.kind === "issued", JSON.stringify(answer));
  return answer;
}

/** Other processes hear of it in their own time. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds());
}

describe("the agents' registry", () => {
  test("a key opens as its agent, with team, feature and name from the registration", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const { key, keyId, nats } = await issued(registry, agentId);
    assert.match(key, /^andon_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/);
    assert.match(agentId, /^agt_[a-z2-7]{16}$/);
    assert.deepEqual(registry.authenticate(key), { agentId, agent: "Checkout bot", team: "payments", feature: "checkout", keyId });
    assert.equal(nats?.credentials, `creds for ${agentId} until null`);
  });

  test("what is stored names who did it and holds no key", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const { key, keyId, nats } = await issued(registry, agentId);
    const events = await store.readStream(`agent-${agentId}`, 0, 10);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["andon.agent.registered.v1", "andon.agent.key.issued.v1"],
    );
    const last = JSON.parse(events[1]?.body ?? "") as StoredEvent;
    assert.equal(last.source, "/people/admin");
    assert.equal(last.actorkind, "human");
    assert.equal(last.team, "payments");
    assert.equal(last.time, "2026-11-20T10:00:00.000Z");
    assert.deepEqual(last.data, { agentId, keyId, sha256: createHash("sha256").update(key).digest("hex"), natsUser: nats?.user });
    assert.ok(events.every(({ body }) => !body.includes(key)));
  });

  test("near misses open nothing", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const { key } = await issued(registry, agentId);
    const other = await issued(registry, await registered(registry, "Other"));
    const flipped = key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");
    const crossed = key.slice(0, 23) + other.key.slice(23);
    for (const wrong of [
      "",
      "andon_",
      flipped,
      crossed,
      `${key}A`,
      key.slice(0, -1),
      key.toUpperCase(),
      ` ${key}`,
      key.replace("andon", "andn"),
    ]) {
      assert.equal(registry.authenticate(wrong), null, wrong);
    }
    assert.equal(registry.authenticate(key)?.agentId, agentId);
  });

  test("a revoked key opens nothing from that moment, other keys go on, and its bus credential is taken away", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const [first, second] = [await issued(registry, agentId), await issued(registry, agentId)];
    const answer = await registry.revokeKey(agentId, first.keyId, "lost", BY);
    assert.equal(answer.kind === "revoked" && answer.busReason, null);
    assert.equal(registry.authenticate(first.key), null);
    assert.equal(registry.authenticate(second.key)?.keyId, second.keyId);
    assert.deepEqual(revoked, [first.nats?.user]);
    assert.equal(registry.identify(agentId)?.team, "payments");
  });

  test("a bus that cannot revoke is said, and tried again at the next start", async () => {
    const agentId = await (async () => {
      await using registry = await open();
      const agent = await registered(registry);
      const { keyId } = await issued(registry, agent);
      onBus = { kind: "unavailable", reason: "no operator key" };
      const answer = await registry.revokeKey(agent, keyId, undefined, BY);
      assert.deepEqual(answer.kind === "revoked" && answer.busReason, "no operator key");
      return agent;
    })();
    const user = revoked[0];
    await using again = await open();
    await eventually(() => said.length === 1);
    assert.match(said[0] ?? "", /no operator key/);
    assert.deepEqual(revoked, [user, user]);
    assert.ok(again.get(agentId));
  });

  test("a key expires", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const expires = "2026-11-20T10:00:01.000Z";
    const { key, nats } = await issued(registry, agentId, expires);
    assert.equal(nats?.credentials, `creds for ${agentId} until ${expires}`);
    now += 999;
    assert.equal(registry.authenticate(key)?.agentId, agentId);
    now += 1;
    assert.equal(registry.authenticate(key), null);
  });

  test("names are unique, also when two register at once", async () => {
    await using registry = await open();
    const answers = await Promise.all(["bot", "BOT", " bot"].map((name) => registry.register({ name, team: "payments" }, BY)));
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["done", "name_taken", "name_taken"],
    );
    const other = await registered(registry, "other");
    assert.equal((await registry.change(other, { name: "Bot" }, BY)).kind, "name_taken");
    assert.equal((await registry.change(other, { name: "Other" }, BY)).kind, "done");
    assert.deepEqual(
      registry.list().map(({ name }) => name),
      ["Other", "bot"],
    );
  });

  test("a change of team holds for what comes afterwards", async () => {
    await using registry = await open();
    const agentId = await registered(registry);
    const { key } = await issued(registry, agentId);
    await registry.change(agentId, { team: "risk", feature: null }, BY);
    assert.deepEqual(registry.identify(agentId), { agentId, agent: "Checkout bot", team: "risk" });
    assert.equal(registry.authenticate(key)?.team, "risk");
  });

  test("everything is there after a restart", async () => {
    const { agentId, key, state } = await (async () => {
      await using registry = await open();
      const agent = await registered(registry);
      const made = await issued(registry, agent);
      return { agentId: agent, key: made.key, state: registry.list() };
    })();
    await using again = await open();
    assert.deepEqual(again.list(), state);
    assert.equal(again.authenticate(key)?.agentId, agentId);
  });

  test("another process hears of keys and revocations, and both can write to one agent", async () => {
    await using here = await open();
    await using there = await open();
    const agentId = await registered(here);
    await eventually(() => there.get(agentId) !== null);
    const { key, keyId } = await issued(there, agentId);
    // `here` may not have heard of the key yet: its own write must notice and take it in.
    assert.equal((await here.change(agentId, { team: "risk" }, BY)).kind, "done");
    assert.equal(here.authenticate(key)?.keyId, keyId);
    await here.revokeKey(agentId, keyId, undefined, BY);
    await eventually(() => there.authenticate(key) === null);
    assert.deepEqual(
      (await store.readStream(`agent-${agentId}`, 0, 10)).map(({ type }) => type),
      ["andon.agent.registered.v1", "andon.agent.key.issued.v1", "andon.agent.changed.v1", "andon.agent.key.revoked.v1"],
    );
  });

  test("without a bus keys are for HTTP alone, and say so", async () => {
    await using registry = await open({ bus: null });
    const { nats, natsReason, key } = await issued(registry, await registered(registry));
    assert.equal(nats, null);
    assert.ok(natsReason);
    assert.ok(registry.authenticate(key));
  });

  test("nobody can issue or revoke for an agent that is not there", async () => {
    await using registry = await open();
    assert.equal((await registry.issueKey("agt_nobody", null, BY)).kind, "unknown_agent");
    assert.equal((await registry.revokeKey("agt_nobody", "key_1", undefined, BY)).kind, "unknown_agent");
    assert.equal((await registry.change("agt_nobody", { team: "risk" }, BY)).kind, "unknown_agent");
  });
});
