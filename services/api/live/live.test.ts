import assert from "node:assert/strict";
import test from "node:test";
import { openMemoryEventStore } from "../../adapters/memory/event-store.ts";
import type { EventReader } from "../../ports/event-store.ts";
import { LiveClient } from "./client.ts";
import { LiveFeed } from "./feed.ts";
import { messageOf } from "./message.ts";

const anybody = (): boolean => true;
const never = (error: unknown): void => assert.fail(String(error));
const decoder = new TextDecoder();

async function put(store: ReturnType<typeof openMemoryEventStore>, nth: number): Promise<void> {
  const id = `00000000-0000-8000-8000-${String(nth).padStart(12, "0")}`;
  const event = { id, type: "andon.session.ended.v1", body: '{"time":"2026-11-21T10:00:00.000Z"}' };
  await store.append([{ stream: "session-a.s", expected: "any", events: [event] }]);
}

/** Reads until `count` messages were seen; answers their positions. */
async function positions(client: LiveClient, count: number): Promise<string[]> {
  const reader = client.stream.getReader();
  let text = "";
  const found = () => [...text.matchAll(/^data: \{"position":"(\w+)"/gm)].map(([, position]) => position ?? "");
  while (found().length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value);
  }
  await reader.cancel();
  return found();
}

test("whose event it is comes from the stream's name, session ids with dots included", () => {
  const of = (stream: string) => {
    const { agent, session } = messageOf({ stream, position: "1", revision: 0, id: "", type: "t", body: '{"time":"now"}' } as never);
    return [agent, session];
  };
  assert.deepEqual(of("session-a1.2026.11.s"), ["a1", "2026.11.s"]);
  assert.deepEqual(of("agent-a1"), ["a1", null]);
  assert.deepEqual(of("price-anthropic"), [null, null]);
});

test("a client that does not read is let go, one that reads stays", async () => {
  const slow = new LiveClient();
  const quick = new LiveClient();
  const reader = quick.stream.getReader();
  const chunk = new Uint8Array(300 * 1024);
  for (let nth = 0; nth < 10; nth++) {
    slow.send(chunk);
    quick.send(chunk);
    await reader.read();
  }
  assert.equal(slow.open, false);
  assert.equal(quick.open, true);
  await slow.closed;
});

test("a client that waits to be drained is woken by reading and by the end", async () => {
  const client = new LiveClient();
  client.send(new Uint8Array(900 * 1024));
  const drained = client.drained();
  const reader = client.stream.getReader();
  await reader.read();
  await drained;
  client.send(new Uint8Array(900 * 1024));
  const ended = client.drained();
  client.close();
  await ended;
});

test("nobody misses or hears twice what is stored while they join", async () => {
  const store = openMemoryEventStore();
  for (let nth = 0; nth < 1200; nth++) await put(store, nth);
  const { events } = await store.readAll(null, 1);
  await using feed = new LiveFeed(store, never);
  const joined = [feed.open(events[0]?.position ?? null, anybody), feed.open(events[0]?.position ?? null, anybody)] as LiveClient[];
  const heard = joined.map((client) => positions(client, 1499));
  for (let nth = 1200; nth < 1500; nth++) await put(store, nth);
  const all = (await store.readAll(null, 2000)).events.map(({ position }) => position as string);
  for (const seen of await Promise.all(heard)) assert.deepEqual(seen, all.slice(1));
});

test("the store is followed only while somebody listens", async () => {
  const store = openMemoryEventStore();
  let following = 0;
  const counted: EventReader = {
    readStream: (...args) => store.readStream(...args),
    readAll: (...args) => store.readAll(...args),
    head: () => store.head(),
    async *follow(...args) {
      following += 1;
      try {
        yield* store.follow(...args);
      } finally {
        following -= 1;
      }
    },
  };
  await using feed = new LiveFeed(counted, never);
  assert.equal(following, 0);
  const client = feed.open(null, anybody) as LiveClient;
  const one = positions(client, 1);
  while (following === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await put(store, 0);
  await one;
  while (following > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(feed.clients, 0);
});

test("when the store is lost the clients are let go and it is said once", async () => {
  const store = openMemoryEventStore();
  const broken: unknown[] = [];
  const failing: EventReader = {
    readStream: (...args) => store.readStream(...args),
    readAll: (...args) => store.readAll(...args),
    head: () => store.head(),
    // biome-ignore lint/correctness/useYield: it breaks before there is anything to yield
    async *follow() {
      throw new Error("gone");
    },
  };
  await using feed = new LiveFeed(failing, (error) => void broken.push(error));
  const clients = [feed.open(null, anybody), feed.open(null, anybody)] as LiveClient[];
  await Promise.all(clients.map(({ closed }) => closed));
  assert.equal(broken.length, 1);
  assert.equal(feed.clients, 0);
});

test("whoever may no longer hear is let go at a look, the others stay", async () => {
  await using feed = new LiveFeed(openMemoryEventStore(), never);
  let removed = false;
  const leaving = feed.open(null, () => !removed) as LiveClient;
  const staying = feed.open(null, anybody) as LiveClient;
  feed.look();
  assert.equal(leaving.open, true);
  removed = true;
  feed.look();
  await leaving.closed;
  assert.equal(staying.open, true);
  assert.equal(feed.clients, 1);
  staying.close();
});

test("after the end nobody can join", async () => {
  const feed = new LiveFeed(openMemoryEventStore(), never);
  await feed[Symbol.asyncDispose]();
  assert.equal(feed.open(null, anybody), null);
});
