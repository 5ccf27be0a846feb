import assert from "node:assert/strict";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { LIMITS } from "../../schemas/primitives.ts";
import { asAdmin, asAgent, makeWorld } from "../testing/api-fakes.ts";
import { createApp } from "./app.ts";
import { type Served, serveApi } from "./serve.ts";

const local = { host: "127.0.0.1", port: 0, otlpPort: 0, tls: null, behindProxy: false } as const;
const json = { "content-type": "application/json" };

async function start(more: Partial<Parameters<typeof serveApi>[0]> = {}, world = makeWorld()) {
  const api = createApp(world.deps);
  const served = await serveApi({ api, ...local, ...more });
  return { world, api, served, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() };
}

/** Sends a body of this many megabytes, as long as the other side lets us. */
function upload(served: Served, megabytes: number, headers: Record<string, string>): Promise<{ status: number; sent: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; sent: number }>();
  const chunk = Buffer.alloc(1024 * 1024, 0x20);
  let sent = 0;
  const sending = request(`${served.url}/v1/logs`, { method: "POST", headers: { ...asAgent, ...json, ...headers } }, (response) => {
    response.resume();
    resolve({ status: response.statusCode ?? 0, sent });
  });
  sending.on("error", reject);
  const next = () => {
    while (sent < megabytes && !sending.destroyed) {
      sent += 1;
      if (!sending.write(chunk)) return void sending.once("drain", next);
    }
    sending.end();
  };
  next();
  return promise;
}

test("a body of 100 MB is refused long before it has arrived, declared or not", async () => {
  await using platform = await start();
  const { served, world } = platform;
  const declared = await upload(served, 100, { "content-length": String(100 * 1024 * 1024) });
  assert.equal(declared.status, 413);
  const chunked = await upload(served, 100, {});
  assert.equal(chunked.status, 413);
  assert.ok(chunked.sent < 100);
  assert.deepEqual(world.taken, []);
  const after = await fetch(`${served.url}/v1/logs`, { method: "POST", headers: { ...asAgent, ...json }, body: "{}" });
  assert.equal(after.status, 200);
});

test("a body of exactly the limit passes, over the wire and compressed", async () => {
  await using platform = await start();
  const { served } = platform;
  const body = Buffer.alloc(LIMITS.bodyBytes, 0x20);
  body.write("{}");
  const post = (bytes: Uint8Array, headers: object) =>
    fetch(`${served.url}/v1/logs`, {
      method: "POST",
      headers: { ...asAgent, ...json, ...headers },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
  assert.equal((await post(body, {})).status, 200);
  assert.equal((await post(gzipSync(body), { "content-encoding": "gzip" })).status, 200);
  assert.equal((await post(gzipSync(Buffer.concat([body, Buffer.from(" ")])), { "content-encoding": "gzip" })).status, 413);
});

test("a client that goes away in the middle of its body leaves nothing behind", async () => {
  await using platform = await start();
  const { served, world } = platform;
  const socket = connect(served.port, "127.0.0.1");
  socket.write(
    `POST /v1/logs HTTP/1.1\r\nHost: x\r\nAuthorization: ${asAgent.authorization}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"res`,
  );
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  socket.destroy();
  while (world.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(world.requests[0]?.status, 400);
  assert.deepEqual(world.taken, []);
  assert.equal((await fetch(`${served.url}/api/v1/health`)).status, 200);
});

test("the second port takes telemetry and nothing else", async () => {
  await using platform = await start();
  const { otlpPort } = platform.served;
  const at = `http://127.0.0.1:${otlpPort}`;
  assert.equal((await fetch(`${at}/v1/logs`, { method: "POST", headers: { ...asAgent, ...json }, body: "{}" })).status, 200);
  assert.equal((await fetch(`${at}/api/v1/me`, { headers: asAdmin })).status, 404);
  assert.equal((await fetch(`${at}/`)).status, 404);
});

test("a telemetry port that another program has is a warning, the main port an error", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  try {
    await using platform = await start({ otlpPort: port });
    assert.equal(platform.served.otlpPort, null);
    assert.match(platform.served.warnings[0] ?? "", new RegExp(`Port ${port} .* taken .* port ${platform.served.port} only`));
    assert.equal(
      (await fetch(`${platform.served.url}/v1/logs`, { method: "POST", headers: { ...asAgent, ...json }, body: "{}" })).status,
      200,
    );
    await assert.rejects(start({ port }), /is taken by another program/);
  } finally {
    other.close();
  }
});

test("nothing is served to the network without encryption", async () => {
  await assert.rejects(start({ host: "0.0.0.0" }), /without encryption/);
  await assert.rejects(start({ host: "192.168.1.5" }), /TLS certificate/);
  await assert.rejects(start({ host: "0.0.0.0", tls: { cert: "/none.pem", key: "/none.pem" } }), /certificate cannot be read/);
});

/** The messages of a live connection, as they come. */
async function* messages(url: string, headers: Record<string, string>, signal: AbortSignal) {
  const response = await fetch(`${url}/api/v1/live`, { headers: { ...asAdmin, ...headers }, signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]));
      if (fields["data"] !== undefined)
        yield { event: fields["event"] ?? "message", id: fields["id"], data: JSON.parse(fields["data"]) as Record<string, string> };
    }
  }
}

let stored = 0;
async function store(world: ReturnType<typeof makeWorld>, count: number, stream = "session-a1.s.1") {
  for (let nth = 0; nth < count; nth++) {
    const id = `00000000-0000-8000-8000-${String(stored++).padStart(12, "0")}`;
    const body = JSON.stringify({ time: `2026-11-21T10:00:00.${String(stored).padStart(3, "0")}Z` });
    await world.store.append([{ stream, expected: "any", events: [{ id, type: "andon.session.tool.called.v1", body }] }]);
  }
}

async function takeSome<T>(from: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

test("the live stream tells of what is stored, and goes on after a lost connection without gap or repeat", async () => {
  await using platform = await start();
  const { served, world, api } = platform;
  await store(world, 3);
  const first = new AbortController();
  const live = messages(served.url, {}, first.signal);
  const [ready] = await takeSome(live, 1);
  assert.equal(ready?.event, "ready");
  await store(world, 2);
  const [fourth, fifth] = await takeSome(live, 2);
  assert.deepEqual(
    [fourth?.id, fifth?.id],
    (await world.store.readAll(null, 10)).events.slice(3).map(({ position }) => position),
  );
  assert.deepEqual(fourth?.data, {
    position: fourth?.id,
    type: "andon.session.tool.called.v1",
    agent: "a1",
    session: "s.1",
    time: "2026-11-21T10:00:00.004Z",
  });

  first.abort();
  await store(world, 700);
  const second = new AbortController();
  const resumed = messages(served.url, { "last-event-id": fourth?.id ?? "" }, second.signal);
  const seen = takeSome(resumed, 1 + 701 + 50);
  await store(world, 50);
  const ids = (await seen).slice(1).map(({ id }) => id);
  const all = (await world.store.readAll(null, 1000)).events.map(({ position }) => position as string);
  assert.deepEqual(ids, all.slice(4));
  second.abort();
  while (api.liveClients() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("a place to go on from that is not of this store is answered with a reset", async () => {
  await using platform = await start();
  const { served, world } = platform;
  await store(world, 2);
  for (const place of ["ffffffffffffffff", "zzzzzzzzzzzzzzzz", "1", "'; DROP TABLE x"]) {
    const stop = new AbortController();
    const [, reset] = await takeSome(messages(served.url, { "last-event-id": place }, stop.signal), 2);
    assert.equal(reset?.event, "reset", place);
    assert.equal(reset?.id, (await world.store.head()) ?? "");
    stop.abort();
  }
});

test("closing the platform ends the live connections and waits for nobody", async () => {
  const platform = await start();
  await store(platform.world, 1);
  const live = messages(platform.served.url, {}, AbortSignal.timeout(10_000));
  await takeSome(live, 1);
  const rest = takeSome(live, 1);
  await platform.served[Symbol.asyncDispose]();
  assert.deepEqual(await rest, []);
  await assert.rejects(fetch(`${platform.served.url}/api/v1/health`));
});
