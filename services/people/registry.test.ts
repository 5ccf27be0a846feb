import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { Actor } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type NewPerson, openPeopleRegistry, type PeopleRegistry } from "./registry.ts";

const BY: Actor = { kind: "human", id: "admin" };

let store: EventStore;
let now: number;
let counter: number;

/** Bytes that are different each time and the same in every run. */
const random = (bytes: number): Uint8Array => createHash("sha256").update(String(++counter)).digest().subarray(0, bytes);
const open = (): Promise<PeopleRegistry> => openPeopleRegistry({ store, now: () => now, random });

beforeEach(() => {
  store = openMemoryEventStore();
  now = Date.parse("2026-11-20T10:00:00Z");
  counter = 0;
});

async function registered(registry: PeopleRegistry, more: Partial<NewPerson> = {}): Promise<string> {
  const answer = await registry.register({ name: "Ana Prado", roles: ["approver"], teams: ["payments"], ...more }, BY);
  assert.ok(answer.kind === "done", JSON.stringify(answer));
  return answer.person.personId;
}

async function issued(registry: PeopleRegistry, personId: string, expires: string | null = null) {
  const answer = await registry.issueToken(personId, expires, BY);
  assert.ok(answer.kind === "issued", JSON.stringify(answer));
  return answer;
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds());
}

describe("the people's registry", () => {
  test("a token opens as its person, with name, roles and teams as they are now", async () => {
    await using registry = await open();
    const personId = await registered(registry);
    const { token, tokenId } = await issued(registry, personId);
    assert.match(personId, /^psn_[a-z2-7]{16}$/);
    assert.match(token, /^andon_person_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/);
    const ana = { personId, tokenId, name: "Ana Prado", roles: ["approver"], teams: ["payments"] };
    assert.deepEqual(registry.authenticate(token), ana);
    await registry.change(personId, { roles: ["lead"], teams: [] }, BY);
    assert.deepEqual(registry.present(personId, tokenId), { ...ana, roles: ["lead"], teams: [] });
  });

  test("what is stored names who did it, says nothing in the id, and holds no token", async () => {
    await using registry = await open();
    const personId = await registered(registry);
    const { token, tokenId } = await issued(registry, personId);
    const events = await store.readStream(`person-${personId}`, 0, 10);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["andon.person.registered.v1", "andon.person.token.issued.v1"],
    );
    const last = JSON.parse(events[1]?.body ?? "") as StoredEvent;
    assert.equal(last.source, "/people/admin");
    assert.equal(last.subject, personId);
    assert.deepEqual(last.data, { personId, tokenId, sha256: createHash("sha256").update(token).digest("hex") });
    assert.ok(events.every(({ body }) => !body.includes(token)));
    assert.ok(!last.team && !events[1]?.body.includes("Ana"));
  });

  test("near misses open nothing, and an agent's key is no person's token", async () => {
    await using registry = await open();
    const { token } = await issued(registry, await registered(registry));
    const other = await issued(registry, await registered(registry, { name: "Bia" }));
    const flipped = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
    const crossed = token.slice(0, "andon_person_".length + 17) + other.token.slice("andon_person_".length + 17);
    const asAgent = token.replace("andon_person_", "andon_");
    for (const wrong of [
      "",
      "andon_person_",
      flipped,
      crossed,
      asAgent,
      `${token}A`,
      token.slice(0, -1),
      token.toUpperCase(),
      ` ${token}`,
    ]) {
      assert.equal(registry.authenticate(wrong), null, wrong);
    }
    assert.ok(registry.authenticate(token));
  });

  test("a revoked token opens nothing from that moment, an expired one from its own, the others go on", async () => {
    await using registry = await open();
    const personId = await registered(registry);
    const first = await issued(registry, personId);
    const ending = await issued(registry, personId, "2026-11-20T10:00:01.000Z");
    const staying = await issued(registry, personId);
    await registry.revokeToken(personId, first.tokenId, "lost", BY);
    assert.equal(registry.authenticate(first.token), null);
    assert.equal(registry.present(personId, first.tokenId), null);
    now += 999;
    assert.ok(registry.present(personId, ending.tokenId));
    now += 1;
    assert.equal(registry.present(personId, ending.tokenId), null);
    assert.equal(registry.authenticate(ending.token), null);
    assert.ok(registry.authenticate(staying.token));
  });

  test("whoever is removed is gone with every token, and the name is free again", async () => {
    await using registry = await open();
    const personId = await registered(registry);
    const { token, tokenId } = await issued(registry, personId);
    assert.equal((await registry.remove(personId, "left", BY)).kind, "done");
    assert.equal(registry.authenticate(token), null);
    assert.equal(registry.present(personId, tokenId), null);
    assert.deepEqual(registry.list(), []);
    assert.equal((await registry.issueToken(personId, null, BY)).kind, "unknown_person");
    assert.notEqual(await registered(registry), personId);
  });

  test("one administrator stays, also when two remove each other at once", async () => {
    await using registry = await open();
    const first = await registered(registry, { name: "A", roles: ["admin"] });
    const second = await registered(registry, { name: "B", roles: ["admin", "lead"] });
    const answers = await Promise.all([registry.remove(first, undefined, BY), registry.change(second, { roles: ["lead"] }, BY)]);
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["done", "last_admin"],
    );
  });

  test("names are unique, also when two register at once", async () => {
    await using registry = await open();
    const answers = await Promise.all(["Ana", "ANA", " ana"].map((name) => registry.register({ name, roles: ["lead"], teams: [] }, BY)));
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["done", "name_taken", "name_taken"],
    );
  });

  test("everything is there after a restart", async () => {
    const { personId, token, state } = await (async () => {
      await using registry = await open();
      const person = await registered(registry);
      const made = await issued(registry, person);
      return { personId: person, token: made.token, state: registry.list() };
    })();
    await using again = await open();
    assert.deepEqual(again.list(), state);
    assert.equal(again.authenticate(token)?.personId, personId);
  });

  test("another process hears of revocations and says so, and both can write to one person", async () => {
    await using here = await open();
    await using there = await open();
    const personId = await registered(here);
    await eventually(() => there.list().length === 1);
    const { token, tokenId } = await issued(there, personId);
    // `here` may not have heard of the token yet: its own write must notice and take it in.
    assert.equal((await here.change(personId, { roles: ["lead"] }, BY)).kind, "done");
    assert.ok(here.authenticate(token));
    let said = 0;
    await eventually(() => there.present(personId, tokenId)?.roles[0] === "lead");
    const stop = there.whenChanged(() => {
      if (there.present(personId, tokenId) === null) said += 1;
    });
    await here.revokeToken(personId, tokenId, undefined, BY);
    await eventually(() => said === 1);
    stop();
    await here.remove(personId, undefined, BY);
    await eventually(() => there.list().length === 0);
    assert.equal(said, 1);
  });

  test("nobody can do anything to somebody who is not there", async () => {
    await using registry = await open();
    for (const answer of await Promise.all([
      registry.issueToken("psn_nobody", null, BY),
      registry.revokeToken("psn_nobody", "tok_1", undefined, BY),
      registry.change("psn_nobody", { name: "X" }, BY),
      registry.remove("psn_nobody", undefined, BY),
    ])) {
      assert.equal(answer.kind, "unknown_person");
    }
  });
});
