import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { openSqliteKeyVault } from "../adapters/sqlite/key-vault.ts";
import { openSqlitePayloadStore } from "../adapters/sqlite/payload-store.ts";
import { type Collector, makeCollector } from "../collect/collect.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import { makeReceive } from "../ingest/receive.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { PayloadStore } from "../ports/payload-store.ts";
import type { Quarantine } from "../ports/quarantine.ts";
import { makeQuarantineDesk } from "../wiring/quarantine-desk.ts";
import { makeQuarantine, readEntry } from "./enter.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const BY = { kind: "human", id: "admin" } as const;
const content = {
  handle: async (items: readonly { content: readonly { kind: string; text: string }[] }[]) =>
    items.map((item) => item.content.map(({ kind, text }) => ({ kind, length: text.length }))),
};

let stack: AsyncDisposableStack;
let store: EventStore;
let payloads: PayloadStore;
let quarantine: Quarantine;
let collector: Collector;
let receive: ReturnType<typeof makeReceive>;
let desk: ReturnType<typeof makeQuarantineDesk>;
let now: number;
/** The agent is registered. */
let known: boolean;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "andon-quarantine-"));
  stack.defer(() => rm(dir, { recursive: true }));
  store = openMemoryEventStore();
  payloads = stack.use(await openSqlitePayloadStore({ file: join(dir, "payloads.db") }));
  const vault = stack.use(await openSqliteKeyVault({ file: join(dir, "vault.db"), masterKeyFile: join(dir, "vault.key") }));
  now = NOW;
  known = true;
  const deps = { store, payloads, vault, now: () => now };
  quarantine = makeQuarantine(deps);
  const bus = { publish: async (agentId: string, _family: string, payload: Uint8Array) => void (await receive([{ agentId, payload }])) };
  collector = makeCollector({ bus: bus as never, content, quarantine, now: () => now, ignored: () => {} });
  receive = makeReceive({
    store,
    content,
    quarantine,
    identify: (agentId) => (known ? { agentId, agent: "Bot", team: "core" } : null),
    prices: () => new PriceBook(),
    rules: () => [],
    now: () => now,
  });
  const list = async () => ({ items: [], next: null, asOf: null, held: 0 });
  desk = makeQuarantineDesk({ quarantine, deps, collector, receive, list });
});

afterEach(() => stack.disposeAsync());

const prompt = (more: object = {}) => ({
  specversion: "1.0",
  id: randomUUID(),
  source: "bot",
  type: "andon.session.prompt.submitted.v1",
  time: "2026-11-21T11:00:00Z",
  data: { sessionId: "s1", promptId: "p1" },
  ...more,
});

async function entries(): Promise<string[]> {
  const { events } = await store.readAll(null, 1000);
  return [
    ...new Set(events.filter(({ stream }) => stream.startsWith("quarantine-")).map(({ stream }) => stream.slice("quarantine-".length))),
  ];
}

async function outcomes(entryId: string): Promise<unknown[]> {
  const events = await store.readStream(`quarantine-${entryId}`, 0, 100);
  return events.map(({ body }) => {
    const { type, data } = JSON.parse(body) as StoredEvent;
    return [type, data["outcome"] ?? data["code"]];
  });
}

describe("a release", () => {
  test("takes what was put right, once, and deletes the bytes", async () => {
    now = NOW - 2 * 86_400_000;
    const event = prompt();
    const { rejected } = await collector.cloudEvents("agt_a", [event]);
    const entryId = rejected[0]?.quarantineId as string;
    assert.equal(rejected[0]?.code, "time_out_of_range");

    now = NOW;
    assert.deepEqual(await desk.release(entryId, BY), { kind: "ok", value: { state: "released" } });
    const [stored] = await store.readStream("session-agt_a.s1", 0, 10);
    assert.equal((JSON.parse(stored?.body ?? "{}") as StoredEvent).id, event.id);
    assert.equal(await payloads.get(entryId), null);
    assert.equal((await desk.release(entryId, BY)).kind, "conflict");
    assert.equal((await store.readStream("session-agt_a.s1", 0, 10)).length, 1);
  });

  test("refused again for another reason leaves one entry, held, with its bytes", async () => {
    now = NOW - 2 * 86_400_000;
    const { rejected } = await collector.cloudEvents("agt_a", [prompt({ type: "andon.session.prompt.guessed.v1" })]);
    const entryId = rejected[0]?.quarantineId as string;
    now = NOW;
    const answer = await desk.release(entryId, BY);
    assert.equal(answer.kind, "conflict");
    assert.deepEqual(await entries(), [entryId]);
    assert.equal((await readEntry(store, entryId)).state, "held");
    assert.deepEqual(await outcomes(entryId), [
      ["andon.quarantine.entered.v1", "time_out_of_range"],
      ["andon.quarantine.released.v1", "refused_again"],
    ]);
    assert.notEqual(await payloads.get(entryId), null);
  });

  test("of a message that another door refuses now leaves one entry", async () => {
    const payload = Buffer.from(JSON.stringify(prompt({ type: "andon.session.prompt.guessed.v1" })));
    const [first] = await receive([{ agentId: "agt_a", payload }]);
    assert.equal(first?.quarantined[0]?.code, "unknown_type");
    const entryId = first?.quarantined[0]?.entryId as string;
    known = false;
    assert.equal((await desk.release(entryId, BY)).kind, "conflict");
    assert.deepEqual(await entries(), [entryId]);
  });

  test("of a batch that is readable now settles it: what is still wrong in it has entries of its own", async () => {
    known = false;
    const batch = Buffer.from(JSON.stringify([prompt(), prompt({ type: "andon.session.prompt.guessed.v1" })]));
    const [first] = await receive([{ agentId: "agt_a", payload: batch }]);
    const whole = first?.quarantined[0]?.entryId as string;
    known = true;
    assert.deepEqual(await desk.release(whole, BY), { kind: "ok", value: { state: "released" } });
    const rest = (await entries()).filter((each) => each !== whole);
    assert.equal(rest.length, 1);
    assert.deepEqual(await outcomes(rest[0] as string), [["andon.quarantine.entered.v1", "unknown_type"]]);
    assert.equal((await store.readStream("session-agt_a.s1", 0, 10)).length, 1);
  });

  test("of OTLP that cannot be read leaves one entry, however often it is tried", async () => {
    const body = Buffer.from('{"resourceLogs": "no list"}');
    const taken = await collector.otlp("agt_a", "logs", "json", body, {});
    assert.equal(taken.kind, "unreadable");
    const entryId = taken.kept[0] as string;
    for (let n = 0; n < 3; n++) assert.equal((await desk.release(entryId, BY)).kind, "conflict");
    assert.deepEqual(await entries(), [entryId]);
    assert.equal((await outcomes(entryId)).length, 4);
  });
});

describe("the same bytes", () => {
  test("are one entry for one agent, and another for another", async () => {
    const one = { agentId: "agt_a", door: "nats", refusal: { code: "not_json", reason: "no", at: "" }, bytes: Buffer.from("x") } as const;
    const [a] = await quarantine.enter([one]);
    const [again, other] = await quarantine.enter([
      { ...one, door: "http", refusal: { code: "too_deep", reason: "no", at: "" } },
      { ...one, agentId: "agt_b" },
    ]);
    assert.equal(again, a);
    assert.notEqual(other, a);
  });

  test("enter again after they were discarded", async () => {
    const one = { agentId: "agt_a", door: "nats", refusal: { code: "not_json", reason: "no", at: "" }, bytes: Buffer.from("x") } as const;
    const [entryId] = await quarantine.enter([one]);
    assert.equal((await desk.discard(entryId as string, "rubbish", BY)).kind, "ok");
    assert.equal(await payloads.get(entryId as string), null);
    await quarantine.enter([one]);
    assert.equal((await readEntry(store, entryId as string)).state, "held");
    assert.notEqual(await payloads.get(entryId as string), null);
  });
});
