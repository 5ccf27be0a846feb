import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { Refused } from "../ports/quarantine.ts";
import { makeReceive } from "./receive.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const identities = {
  agt_a: { agentId: "agt_a", agent: "claude-payments", team: "payments", feature: "checkout" },
  agt_b: { agentId: "agt_b", agent: "codex-risk", team: "risk" },
};

const book = new PriceBook();
for (const [meter, usdPerMillion] of [
  ["input", "4"],
  ["output", "20"],
] as const) {
  book.publish({
    priceId: `opus/${meter}`,
    provider: "anthropic",
    route: "*",
    model: "claude-opus-5-5",
    meter,
    serviceTier: "standard",
    region: "*",
    usdPerMillion,
    from: "2026-01-01T00:00:00Z",
    to: null,
    kind: "list",
    seen: { uri: "https://example.com", on: "2026-11-21" },
  });
}

let store: EventStore;
let held: Refused[];
let receive: ReturnType<typeof makeReceive>;

beforeEach(() => {
  store = openMemoryEventStore();
  held = [];
  receive = makeReceive({
    store,
    content: { handle: async (items) => items.map(({ content }) => content.map(({ kind, text }) => ({ kind, length: text.length }))) },
    quarantine: { enter: async (refused) => refused.map((each) => `q_${held.push(each)}`) },
    identify: (agentId) => identities[agentId as keyof typeof identities] ?? null,
    prices: () => book,
    rules: () => [],
    now: () => NOW,
  });
});

const message = (agentId: string, ...events: unknown[]) => ({ agentId, payload: Buffer.from(JSON.stringify(events)) });

function usage(id: string, sessionId: string, more: object = {}, envelope: object = {}) {
  return {
    specversion: "1.0",
    id,
    source: "my-agent",
    type: "andon.session.usage.recorded.v2",
    time: "2026-11-21T11:00:00Z",
    ...envelope,
    data: {
      sessionId,
      kind: "request",
      key: id,
      via: { signal: "event", name: "sdk", rank: 9 },
      provider: "anthropic",
      model: "claude-opus-5-5",
      convention: "disjoint",
      quality: "exact",
      tokens: { input: 1_000, output: 100 },
      ...more,
    },
  };
}

async function stored(stream?: string): Promise<StoredEvent[]> {
  const { events } = await store.readAll(null, 10_000);
  return events.filter((each) => stream === undefined || each.stream === stream).map(({ body }) => JSON.parse(body) as StoredEvent);
}

describe("a usage report", () => {
  test("is stored under the credential's identity, and the ledger moves in the same append", async () => {
    const [receipt] = await receive([message("agt_a", usage("u1", "s1", {}, { repo: "shop/api" }))]);
    assert.deepEqual(receipt, { stored: 1, duplicates: 0, quarantined: [] });
    const [report, movement] = await stored("session-agt_a.s1");
    assert.equal(report?.source, "/agents/agt_a");
    assert.equal(report?.team, "payments");
    assert.equal(report?.feature, "checkout");
    assert.equal(report?.repo, "shop/api");
    // 1,000 × 4 USD/M + 100 × 20 USD/M = 0.006 USD
    assert.equal(movement?.type, "andon.cost.computed.v1");
    assert.equal(movement?.data["pico"], "6000000000");
    assert.equal(movement?.causationid, "u1");
    assert.deepEqual([movement?.team, movement?.feature, movement?.repo], ["payments", "checkout", "shop/api"]);
  });

  test("delivered again is a duplicate and moves nothing", async () => {
    const same = message("agt_a", usage("u1", "s1"));
    await receive([same]);
    const receipts = await receive([same, same]);
    assert.deepEqual(
      receipts.map(({ stored: fresh, duplicates }) => [fresh, duplicates]),
      [
        [0, 1],
        [0, 1],
      ],
    );
    assert.equal((await stored("session-agt_a.s1")).length, 2);
  });

  test("delivered again after a restart is still a duplicate", async () => {
    await receive([message("agt_a", usage("u1", "s1"))]);
    const restarted = makeReceive({
      store,
      content: { handle: async () => [] },
      quarantine: { enter: async () => [] },
      identify: () => identities.agt_a,
      prices: () => book,
      rules: () => [],
      now: () => NOW,
    });
    const [receipt] = await restarted([message("agt_a", usage("u1", "s1"), usage("u2", "s1"))]);
    assert.deepEqual([receipt?.stored, receipt?.duplicates], [1, 1]);
  });

  test("with an id that meant something else is kept aside and not counted", async () => {
    await receive([message("agt_a", usage("u1", "s1"))]);
    const [receipt] = await receive([message("agt_a", usage("u1", "s1", { tokens: { input: 5 } }))]);
    assert.equal(receipt?.quarantined[0]?.code, "id_reused");
    assert.equal(held.length, 1);
    assert.equal((await stored("session-agt_a.s1")).length, 2);
  });

  test("with an id that the agent used in another session is kept aside", async () => {
    await receive([message("agt_a", usage("u1", "s1"))]);
    const [receipt] = await receive([message("agt_a", usage("u1", "s2"), usage("u2", "s2"))]);
    assert.deepEqual([receipt?.stored, receipt?.quarantined[0]?.code], [1, "id_reused"]);
  });

  test("of two agents with the same session and event ids stays apart", async () => {
    await receive([message("agt_a", usage("u1", "s1")), message("agt_b", usage("u1", "s1"))]);
    assert.equal((await stored("session-agt_a.s1")).length, 2);
    const [report] = await stored("session-agt_b.s1");
    assert.equal(report?.team, "risk");
  });

  test("in an old version is lifted before it is stored", async () => {
    const old = { ...usage("u1", "s1", { tokens: { cacheWrite: 7 } }), type: "andon.session.usage.recorded.v1" };
    await receive([message("agt_a", old)]);
    const [report] = await stored("session-agt_a.s1");
    assert.equal(report?.type, "andon.session.usage.recorded.v2");
    assert.deepEqual(report?.data["tokens"], { cacheWriteOther: 7 });
  });

  test("without a price counts its tokens as unpriced", async () => {
    await receive([message("agt_a", usage("u1", "s1", { provider: "acme", model: "mystery" }))]);
    const movement = (await stored("session-agt_a.s1"))[1];
    assert.deepEqual([movement?.data["pico"], movement?.data["unpriced"]], ["0", 1_100]);
  });
});

describe("counters without a session", () => {
  const counter = (id: string) =>
    usage(id, "unsessioned:p1", {
      kind: "counter",
      process: "p1",
      temporality: "delta",
      tokens: { input: 500 },
      via: { signal: "metric", name: "turn.token_usage", rank: 3 },
    });

  test("count while nothing else does, and are taken back once calls of the process appear", async () => {
    await receive([message("agt_b", counter("m1"))]);
    await receive([message("agt_b", usage("u1", "s1", { process: "p1", tokens: { input: 500 } })), message("agt_b", counter("m2"))]);
    const moved = (await stored()).filter(({ type }) => type === "andon.cost.computed.v1");
    const total = moved.reduce((sum, { data }) => sum + ((data["tokens"] as { input?: number }).input ?? 0), 0);
    assert.equal(total, 500);
    assert.equal((await stored()).filter(({ type }) => type === "andon.cost.source.found.v1").length, 1);
  });
});

describe("what cannot be taken", () => {
  const cases: [string, Buffer | unknown, string, string][] = [
    ["text that is not JSON", Buffer.from("{oops"), "not_json", ""],
    ["a hundred levels of nesting", Buffer.from(`${"[".repeat(100)}${"]".repeat(100)}`), "too_deep", ""],
    ["ten thousand levels of nesting", Buffer.from(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`), "too_deep", ""],
    ["a number", 7, "not_cloudevent", ""],
    ["no id", { ...usage("u1", "s1"), id: undefined }, "not_cloudevent", ""],
    ["an unknown type", { ...usage("u1", "s1"), type: "andon.session.danced.v1" }, "unknown_type", "/type"],
    ["an unknown major", { ...usage("u1", "s1"), type: "andon.session.usage.recorded.v9" }, "unknown_version", "/type"],
    ["negative tokens", usage("u1", "s1", { tokens: { input: -1 } }), "invalid_data", "/data/tokens/input"],
    ["tokens beyond any model", usage("u1", "s1", { tokens: { input: 1e15 } }), "invalid_data", "/data/tokens/input"],
    ["half a character as session id", usage("u1", "s\ud800"), "invalid_data", "/data/sessionId"],
    ["a field nobody knows", usage("u1", "s1", { prompt: "hello" }), "invalid_data", "/data/prompt"],
    ["a clock years ahead", { ...usage("u1", "s1"), time: "2031-01-01T00:00:00Z" }, "time_out_of_range", "/time"],
    ["a clock years behind", { ...usage("u1", "s1"), time: "1999-01-01T00:00:00Z" }, "time_out_of_range", "/time"],
    ["another agent's name", { ...usage("u1", "s1"), source: "/agents/agt_b" }, "identity_mismatch", "/source"],
    ["another agent's actor id", { ...usage("u1", "s1"), actorid: "agt_b" }, "identity_mismatch", "/actorid"],
    [
      "a statement only the platform makes",
      { ...usage("u1", "s1"), type: "andon.agent.key.revoked.v1", data: { agentId: "agt_b", keyId: "k" } },
      "identity_mismatch",
      "/type",
    ],
  ];
  for (const [name, bad, code, at] of cases) {
    test(`${name}: ${code}, and its neighbours are stored`, async () => {
      const payload = Buffer.isBuffer(bad) ? bad : Buffer.from(JSON.stringify([bad, usage("good", "s1")]));
      const receipts = await receive([{ agentId: "agt_a", payload }, message("agt_a", usage("other", "s2"))]);
      assert.equal(receipts[0]?.quarantined[0]?.code, code);
      assert.equal(held[0]?.refusal.at, at);
      assert.equal(receipts[0]?.stored, Buffer.isBuffer(bad) ? 0 : 1);
      assert.equal(receipts[1]?.stored, 1);
      assert.ok(held[0]?.refusal.reason.length, "says how to put it right");
      assert.equal(held[0]?.refusal.reason.includes("hello"), false);
    });
  }

  test("an agent that is not registered", async () => {
    const [receipt] = await receive([message("agt_x", usage("u1", "s1"))]);
    assert.equal(receipt?.quarantined[0]?.code, "identity_mismatch");
    assert.equal((await stored()).length, 0);
  });
});

test("text in an event never reaches the store", async () => {
  const prompt = {
    ...usage("p1", "s1"),
    type: "andon.session.prompt.submitted.v1",
    data: { sessionId: "s1", content: [{ kind: "prompt", text: "pay 529.982.247-25" }] },
  };
  await receive([message("agt_a", prompt)]);
  const [event] = await stored();
  assert.deepEqual(event?.data["content"], [{ kind: "prompt", length: 18 }]);
  assert.equal(JSON.stringify(await stored()).includes("529.982"), false);
});

test("two batches for the same session at the same time lose nothing", async () => {
  const batches = Array.from({ length: 20 }, (_, batch) => [
    message("agt_a", ...Array.from({ length: 5 }, (__, nth) => usage(`u${batch}-${nth}`, "s1"))),
  ]);
  const receipts = await Promise.all(batches.map((batch) => receive(batch)));
  assert.equal(
    receipts.flat().reduce((sum, each) => sum + each.stored, 0),
    100,
  );
  assert.equal((await stored("session-agt_a.s1")).length, 200);
});

test("a store that fails loses nothing: the same batch succeeds later", async () => {
  const broken: EventStore = {
    ...store,
    append: () => Promise.reject(new Error("disk full")),
    readStream: store.readStream.bind(store),
  } as EventStore;
  let failing = true;
  const flaky = new Proxy(store, {
    get: (target, name) => (name === "append" && failing ? broken.append : Reflect.get(target, name).bind?.(target)),
  });
  const again = makeReceive({
    store: flaky,
    content: { handle: async () => [] },
    quarantine: { enter: async () => [] },
    identify: () => identities.agt_a,
    prices: () => book,
    rules: () => [],
    now: () => NOW,
  });
  await assert.rejects(again([message("agt_a", usage("u1", "s1"))]), /disk full/);
  failing = false;
  const [receipt] = await again([message("agt_a", usage("u1", "s1"))]);
  assert.equal(receipt?.stored, 1);
});
