import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { Hono } from "hono";
import { LIMITS } from "../../schemas/primitives.ts";
import { BodyRoom } from "./body-room.ts";
import { addressKey, RateLimit } from "./rate-limits.ts";
import { withBody } from "./read-body.ts";

function reader(room: BodyRoom, use: (bytes: Uint8Array) => Promise<unknown> = async () => null) {
  const app = new Hono();
  app.onError((_error, context) => context.text("", 500));
  app.post("/", async (context) => {
    const answer = await withBody(context, room, async (bytes) => ({
      kind: "read" as const,
      answer: await use(bytes),
      bytes: bytes.length,
    }));
    return answer.kind === "failure" ? context.json(answer, answer.problem.status as 400) : context.json(answer);
  });
  return (body: Uint8Array | ReadableStream, headers: Record<string, string> = {}) =>
    app.request("/", { method: "POST", body: body as Uint8Array<ArrayBuffer>, headers, duplex: "half" } as RequestInit);
}

/** Pulls as many chunks as are asked for and counts them. */
function endless(chunk: Uint8Array): { stream: ReadableStream<Uint8Array>; pulled: () => number; cancelled: () => boolean } {
  let count = 0;
  let over = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      count += 1;
      controller.enqueue(chunk);
    },
    cancel: () => {
      over = true;
    },
  });
  return { stream, pulled: () => count, cancelled: () => over };
}

test("a body without an end is read up to the limit and then no more", async () => {
  const source = endless(new Uint8Array(1024 * 1024));
  const response = await reader(new BodyRoom())(source.stream);
  assert.equal(response.status, 413);
  assert.equal(source.cancelled(), true);
  assert.ok(source.pulled() <= LIMITS.bodyBytes / (1024 * 1024) + 4);
});

test("compressed bytes that go on for ever and inflate to nothing are stopped too", async () => {
  const source = endless(Buffer.concat(Array.from({ length: 20_000 }, () => gzipSync(""))));
  const response = await reader(new BodyRoom())(source.stream, { "content-encoding": "gzip" });
  assert.equal(response.status, 413);
  assert.equal(source.cancelled(), true);
});

test("bodies share a limited room, which is given back whatever happens to them", async () => {
  const room = new BodyRoom(3 * 1024 * 1024);
  const body = new Uint8Array(2 * 1024 * 1024);
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const held = reader(room, () => {
    entered.resolve();
    return gate.promise;
  })(body);
  await entered.promise;
  const refused = await reader(room)(body);
  assert.equal(refused.status, 503);
  gate.resolve();
  assert.equal((await held).status, 200);

  assert.equal((await reader(room)(gzipSync(Buffer.alloc(8 * 1024 * 1024)), { "content-encoding": "gzip" })).status, 503);
  assert.equal((await reader(room)(Buffer.from("no gzip"), { "content-encoding": "gzip" })).status, 400);
  assert.equal((await reader(room, () => Promise.reject(new Error("a bug")))(body)).status, 500);
  assert.equal(room.take(3 * 1024 * 1024), true);
});

test("a bomb takes no more room than a body may", async () => {
  const room = new BodyRoom(LIMITS.bodyBytes);
  const bomb = gzipSync(Buffer.alloc(20 * LIMITS.bodyBytes));
  assert.equal((await reader(room)(bomb, { "content-encoding": "gzip" })).status, 413);
  assert.equal(room.take(LIMITS.bodyBytes), true);
});

test("calls are counted per key", async () => {
  const limit = new RateLimit({ calls: 2, seconds: 60 }, "calls");
  assert.deepEqual([await limit.count("a"), await limit.count("a")], [null, null]);
  const refused = await limit.count("a");
  assert.equal(refused?.problem.status, 429);
  assert.match(refused?.headers["retry-after"] ?? "", /^(60|59)$/);
  assert.equal(await limit.count("b"), null);
  assert.equal(await limit.spent("b"), null);
  assert.equal((await limit.spent("a"))?.problem.status, 429);
});

test("one network of IPv6 addresses counts as one", () => {
  assert.equal(addressKey("203.0.113.7"), "203.0.113.7");
  assert.equal(addressKey("::ffff:203.0.113.7"), "203.0.113.7");
  assert.equal(addressKey("2001:db8:1:2:aaaa::1"), "2001:db8:1:2");
  assert.equal(addressKey("2001:db8:1:2::"), "2001:db8:1:2");
  assert.equal(addressKey("2001:db8::5"), "2001:db8:0:0");
  assert.equal(addressKey("::1"), "0:0:0:0");
});
