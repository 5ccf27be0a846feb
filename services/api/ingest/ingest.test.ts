import assert from "node:assert/strict";
import test from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import protobuf from "protobufjs";
import { LIMITS } from "../../../schemas/primitives.ts";
import { asAgent, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";

// The answers as the OTLP and gRPC definitions have them, read by a protobuf library that knows nothing of our writer.
const { root } = protobuf.parse(`syntax = "proto3";
  message Status { int32 code = 1; string message = 2; }
  message Partial { int64 rejected = 1; string error_message = 2; }
  message Exported { Partial partial_success = 1; }`);
const Status = root.lookupType("Status");
const Exported = root.lookupType("Exported");

const event = (id: string, more: object = {}) => ({
  specversion: "1.0",
  id,
  source: "robot",
  type: "andon.session.ended.v1",
  time: "2026-11-21T11:00:00Z",
  data: { sessionId: "s1" },
  ...more,
});

function start(world = makeWorld()) {
  const { app } = createApp(world.deps);
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    app.request(path, { method: "POST", headers: { ...asAgent, "content-type": "application/json", ...headers }, body: body as string });
  return { world, post };
}

const cloudEvents = { "content-type": "application/cloudevents+json" };
const batch = { "content-type": "application/cloudevents-batch+json" };
const proto = { "content-type": "application/x-protobuf" };
const logs = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: "1" }, { timeUnixNano: "2" }] }] }] });

test("OTLP that was taken whole is answered with an empty message, in the encoding it came in", async () => {
  const { world, post } = start();
  const json = await post("/v1/logs", logs);
  assert.equal(json.status, 200);
  assert.equal(json.headers.get("content-type"), "application/json");
  assert.equal(await json.text(), "{}");
  const binary = await post("/v1/traces", new Uint8Array(0), proto);
  assert.equal(binary.headers.get("content-type"), "application/x-protobuf");
  assert.equal((await binary.arrayBuffer()).byteLength, 0);
  assert.deepEqual(
    world.taken.map(({ what, items }) => [what, items]),
    [
      ["logs json", 2],
      ["traces protobuf", 0],
    ],
  );
});

test("records that cannot be read do not keep the others from being taken", async () => {
  const { post } = start();
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: "ok" }, 7, "no"] }] }] });
  const response = await post("/v1/traces", body);
  assert.equal(response.status, 200);
  assert.deepEqual(((await response.json()) as { partialSuccess: object }).partialSuccess, {
    rejectedSpans: "2",
    errorMessage: "a record is a JSON object",
  });
});

test("partial success names what it counts, per signal and encoding", async () => {
  const world = makeWorld();
  const otlp = async () => ({ kind: "accepted", accepted: 5, rejected: 3, message: "three were odd" }) as const;
  const { post } = start({ ...world, deps: { ...world.deps, collector: { ...world.deps.collector, otlp } } });
  const partial = async (path: string) => ((await (await post(path, "{}")).json()) as { partialSuccess: object }).partialSuccess;
  assert.deepEqual(await partial("/v1/logs"), { rejectedLogRecords: "3", errorMessage: "three were odd" });
  assert.deepEqual(await partial("/v1/metrics"), { rejectedDataPoints: "3", errorMessage: "three were odd" });
  assert.deepEqual(await partial("/v1/traces"), { rejectedSpans: "3", errorMessage: "three were odd" });
  const bytes = new Uint8Array(await (await post("/v1/logs", "", proto)).arrayBuffer());
  assert.deepEqual(Exported.toObject(Exported.decode(bytes), { longs: Number }), {
    partialSuccess: { rejected: 3, errorMessage: "three were odd" },
  });
});

test("broken OTLP is a status message in the encoding it came in", async () => {
  const { post } = start();
  const json = await post("/v1/logs", '{"resourceLogs": [');
  assert.equal(json.status, 400);
  assert.equal(((await json.json()) as { code: number }).code, 3);
  const binary = await post("/v1/logs", Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x0f, 0x01]), proto);
  assert.equal(binary.status, 400);
  const status = Status.decode(new Uint8Array(await binary.arrayBuffer())) as unknown as { code: number; message: string };
  assert.equal(status.code, 3);
  assert.match(status.message, /cannot be read/);
});

test("OTLP of another signal or of unknown type is refused with a pointer to the right place", async () => {
  const { post } = start();
  assert.match(((await (await post("/v1/traces", logs)).json()) as { message: string }).message, /\/v1\/logs/);
  const odd = await post("/v1/logs", "<xml/>", { "content-type": "text/xml" });
  assert.equal(odd.status, 415);
  assert.match(((await odd.json()) as { message: string }).message, /application\/x-protobuf/);
});

test("a bus that cannot store tells exporters to come back", async () => {
  const world = makeWorld();
  world.busFault = Object.assign(new Error("nats://secret@host is away"), { kind: "unreachable" });
  const { post } = start(world);
  const otlp = await post("/v1/logs", logs);
  assert.equal(otlp.status, 503);
  assert.ok(Number(otlp.headers.get("retry-after")) > 0);
  assert.equal(((await otlp.clone().json()) as { code: number }).code, 14);
  assert.ok(!(await otlp.text()).includes("secret"));
  assert.equal((await post("/api/v1/events", JSON.stringify(event("1")))).status, 503);
  world.busFault = Object.assign(new Error(), { kind: "too_large" });
  assert.equal((await post("/api/v1/events", JSON.stringify(event("1")))).status, 413);
});

test("headers say where the work of a whole exporter belongs", async () => {
  const { world, post } = start();
  const latin1 = Buffer.from("Cobrança", "utf8").toString("latin1");
  await post("/v1/logs", logs, {
    "x-andon-feature": latin1,
    "x-andon-repo": "shop%2Fweb",
    "x-andon-change-kind": "bug",
    "x-andon-branch": "",
  });
  assert.deepEqual(world.taken[0]?.claims, { feature: "Cobrança", repo: "shop/web", changekind: "bug" });
});

for (const [encoding, compress] of Object.entries({
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
})) {
  test(`a body compressed with ${encoding} is read; a damaged, a cut and a mislabelled one is a clear error`, async () => {
    const { world, post } = start();
    const packed = compress(Buffer.from(logs));
    const headers = { "content-encoding": encoding };
    assert.equal((await post("/v1/logs", packed, headers)).status, 200);
    assert.equal(world.taken[0]?.items, 2);
    const cut = packed.subarray(0, packed.length - 5);
    for (const wrong of [Buffer.from(logs), cut, new Uint8Array(0)]) {
      const response = await post("/api/v1/events", wrong, headers);
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { at: string }).at, "content-encoding");
    }
  });

  test(`a ${encoding} bomb is refused`, async () => {
    const { world, post } = start();
    const bomb = compress(Buffer.alloc(4 * LIMITS.bodyBytes));
    assert.ok(bomb.length < LIMITS.bodyBytes / 50);
    assert.equal((await post("/v1/logs", bomb, { "content-encoding": encoding })).status, 413);
    assert.deepEqual(world.taken, []);
  });
}

test("an encoding that nobody here understands is named as such, with those that are", async () => {
  const { post } = start();
  const response = await post("/v1/logs", logs, { "content-encoding": "compress" });
  assert.equal(response.status, 415);
  assert.match(response.headers.get("accept-encoding") ?? "", /gzip.*zstd/);
});

test("a body that is declared too large is refused before it is read", async () => {
  const { post } = start();
  const response = await post("/v1/logs", "{}", { "content-length": "104857600" });
  assert.equal(response.status, 413);
});

test("CloudEvents are taken in structured, batched and binary mode and as plain JSON", async () => {
  const { world, post } = start();
  const structured = await post("/api/v1/events", JSON.stringify(event("1")), cloudEvents);
  assert.equal(structured.status, 202);
  assert.deepEqual(await structured.json(), { accepted: 1, rejected: [] });
  assert.deepEqual(await (await post("/api/v1/events", JSON.stringify([event("2"), event("3")]), batch)).json(), {
    accepted: 2,
    rejected: [],
  });
  assert.equal((await post("/api/v1/events", JSON.stringify(event("4")))).status, 202);
  assert.equal(
    (await post("/api/v1/events", JSON.stringify([event("5")]), { "content-type": "application/json; charset=utf-8" })).status,
    202,
  );
  assert.equal((await post("/api/v1/events", "[]", batch)).status, 202);
  assert.equal(
    world.taken.reduce((sum, { items }) => sum + items, 0),
    5,
  );
});

test("in binary mode attributes are headers, percent-encoded where they must be", async () => {
  const world = makeWorld();
  const seen: unknown[] = [];
  const cloudEvent = async (_agent: string, items: readonly unknown[]) => {
    seen.push(...items);
    return { kind: "accepted", accepted: items.length, rejected: [] } as const;
  };
  const { post } = start({ ...world, deps: { ...world.deps, collector: { ...world.deps.collector, cloudEvents: cloudEvent } } });
  const response = await post("/api/v1/events", '{"sessionId":"s1"}', {
    "ce-specversion": "1.0",
    "ce-id": "b-1",
    "ce-source": '"robot"',
    "ce-type": "andon.session.ended.v1",
    "ce-feature": "Cobran%C3%A7a%20%22x%22",
  });
  assert.equal(response.status, 202);
  assert.deepEqual(seen, [
    {
      specversion: "1.0",
      id: "b-1",
      source: "robot",
      type: "andon.session.ended.v1",
      feature: 'Cobrança "x"',
      datacontenttype: "application/json",
      data: { sessionId: "s1" },
    },
  ]);
  assert.equal((await post("/api/v1/events", "", { "ce-id": "b-2", "ce-specversion": "1.0" })).status, 202);
  assert.equal((await post("/api/v1/events", "hello", { "ce-id": "b-3", "content-type": "text/plain" })).status, 415);
});

test("who waits is answered with a receipt from the event store", async () => {
  const { world, post } = start();
  const response = await post("/api/v1/events?wait=stored", JSON.stringify([event("1"), event("2")]), batch);
  assert.equal(response.status, 200);
  assert.deepEqual(((await response.json()) as { receipt: object }).receipt, { stored: 2, duplicates: 0, quarantined: [] });
  assert.equal(world.taken[0]?.wait, true);
  assert.equal((await post("/api/v1/events?wait=forever", "[]", batch)).status, 400);
  const large = `[${" ".repeat(LIMITS.messageBytes)}]`;
  assert.equal((await post("/api/v1/events?wait=stored", large, batch)).status, 413);
  assert.equal((await post("/api/v1/events", large, batch)).status, 202);
});

test("of a mixed batch the good ones are taken and the bad ones listed, each with what, where and how", async () => {
  const { world, post } = start();
  const items = [
    event("1"),
    event("2", { type: "andon.session.imagined.v1" }),
    event("3", { type: "andon.session.ended.v9" }),
    event("4", { time: "2039-01-01T00:00:00Z" }),
    event("5", { source: "/agents/somebody-else" }),
    event("6", { actorid: "somebody-else" }),
    event("7", { type: "andon.session.usage.recorded.v2", data: { sessionId: "s1", tokens: { input: -5 } } }),
    event("8", { type: "andon.agent.registered.v1", data: { agentId: "a1", name: "x", team: "y" } }),
    "not an event",
    event("10"),
  ];
  const response = await post("/api/v1/events", JSON.stringify(items), batch);
  assert.equal(response.status, 202);
  const { accepted, rejected } = (await response.json()) as {
    accepted: number;
    rejected: { index: number; code: string; at: string; quarantineId: string }[];
  };
  assert.equal(accepted, 2);
  assert.deepEqual(
    rejected.map(({ index, code }) => [index, code]),
    [
      [1, "unknown_type"],
      [2, "unknown_version"],
      [3, "time_out_of_range"],
      [4, "identity_mismatch"],
      [5, "identity_mismatch"],
      [6, "invalid_data"],
      [7, "identity_mismatch"],
      [8, "not_cloudevent"],
    ],
  );
  assert.equal(new Set(rejected.map(({ quarantineId }) => quarantineId)).size, 8);
  assert.equal(world.quarantined.length, 8);
});

test("a single event that is refused is a plain refusal", async () => {
  const { post } = start();
  const response = await post("/api/v1/events", JSON.stringify(event("1", { specversion: "0.3" })), cloudEvents);
  assert.equal(response.status, 422);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = (await response.json()) as { at: string; type: string; rejected: object[] };
  assert.equal(problem.at, "/specversion");
  assert.equal(problem.type, "urn:andon:problem:not_cloudevent");
  assert.equal(problem.rejected.length, 1);
});

test("what is no JSON at all is kept with its reason, and the answer does not repeat it", async () => {
  const { world, post } = start();
  const secret = '{"prompt": "my-password", ';
  const response = await post("/api/v1/events", secret);
  assert.equal(response.status, 400);
  const text = await response.text();
  assert.ok(!text.includes("my-password"));
  assert.equal((JSON.parse(text) as { quarantineId: string }).quarantineId, "q_1");
  assert.equal(world.quarantined[0]?.refusal.code, "not_json");
  assert.equal(Buffer.from(world.quarantined[0]?.bytes ?? []).toString(), secret);
  assert.ok(!JSON.stringify(world.logged).includes("my-password"));

  assert.equal((await post("/api/v1/events", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).status, 400);
  assert.equal((await post("/api/v1/events", "")).status, 400);
  assert.equal((await post("/api/v1/events", "{}", batch)).status, 400);
});

test("JSON that nests 10,000 levels deep is refused before any parser recurses into it", async () => {
  const { world, post } = start();
  for (const deep of ["[".repeat(10_000), `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`]) {
    const response = await post("/api/v1/events", deep);
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { type: string }).type, "urn:andon:problem:too_deep");
    assert.equal((await post("/v1/logs", deep)).status, 400);
  }
  assert.equal(world.quarantined.length, 2);
});

test("a batch with too many events is refused whole, an event that is too large alone", async () => {
  const { world, post } = start();
  const many = JSON.stringify(Array.from({ length: LIMITS.batchEvents + 1 }, () => 0));
  assert.equal((await post("/api/v1/events", many, batch)).status, 413);

  const large = event("2", { data: { sessionId: "s1", content: [{ kind: "prompt", text: "x".repeat(LIMITS.eventBytes) }] } });
  const response = await post(
    "/api/v1/events",
    JSON.stringify([event("1"), large, event("3"), event("4", { time: "1999-01-01T00:00:00Z" })]),
    batch,
  );
  assert.equal(response.status, 202);
  const answer = (await response.json()) as { accepted: number; rejected: { index: number; code: string }[] };
  assert.equal(answer.accepted, 2);
  assert.deepEqual(
    answer.rejected.map(({ index, code }) => [index, code]),
    [
      [1, "too_large"],
      [3, "time_out_of_range"],
    ],
  );
  assert.deepEqual(
    world.quarantined.map(({ refusal }) => refusal.code),
    ["too_large", "time_out_of_range"],
  );
  assert.equal((await post("/api/v1/events", JSON.stringify(large))).status, 422);
});

test("text that would break out of a database's input is only text", async () => {
  const { post } = start();
  const nasty = "a\n\nDROP TABLE x; INSERT INTO y FORMAT CSV\n\n";
  const response = await post("/api/v1/events", JSON.stringify(event("1", { feature: nasty })));
  assert.equal(response.status, 422);
  assert.equal(((await response.json()) as { at: string }).at, "/feature");
  const harmless = event("1", { feature: "'; DROP TABLE x; -- FORMAT TSV" });
  assert.equal((await post("/api/v1/events", JSON.stringify(harmless))).status, 202);
});

test("whatever bytes and headers arrive, the answer is a clear one and never a failure of ours", async () => {
  const { world, post } = start();
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.json().map((text) => gzipSync(text)),
  );
  const type = fc.constantFrom(
    "application/json",
    "application/x-protobuf",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "text/plain",
    "",
  );
  const encoding = fc.constantFrom("identity", "gzip", "deflate", "br", "zstd", "nonsense");
  const header = fc.string({ unit: fc.constantFrom("a", "%", "2", '"', "\\", "é"), maxLength: 10 });
  const path = fc.constantFrom("/v1/logs", "/v1/metrics", "/v1/traces", "/api/v1/events", "/api/v1/events?wait=stored");
  await fc.assert(
    fc.asyncProperty(path, body, type, encoding, header, async (to, bytes, contentType, contentEncoding, text) => {
      const headers = { "content-type": contentType, "content-encoding": contentEncoding, "ce-id": text, "x-andon-feature": text };
      const { status } = await post(to, bytes, headers);
      assert.ok([200, 202, 400, 415, 422].includes(status), String(status));
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(world.logged, []);
});
