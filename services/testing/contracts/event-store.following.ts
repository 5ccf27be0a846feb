import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventReader, Filter, Position, RecordedEvent } from "../../ports/event-store.ts";
import type { Check } from "./event-store.opened.ts";
import { ids, sample, samples, to } from "./event-store.samples.ts";

export function checkFollowing(check: Check): void {
  checkChangeOver(check);
  checkEnding(check);
}

/** Follows until `count` events came, checking what holds for every batch. */
async function take(
  store: EventReader,
  count: number,
  after: Position | null = null,
  limit = 7,
  filter?: Filter,
): Promise<RecordedEvent[]> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(30_000)]);
  const seen: RecordedEvent[] = [];
  for await (const batch of store.follow(after, limit, signal, filter)) {
    assert.ok(batch.length >= 1 && batch.length <= limit);
    seen.push(...batch);
    if (seen.length >= count) enough.abort();
  }
  return seen;
}

function checkChangeOver(check: Check): void {
  check("history, then what is stored while following, without gap or repeat", async ({ stores: [store, other] }) => {
    await store.append([to("session-0", ...samples(30))]);
    const following = [take(store, 230), take(store, 230, null, 1000), take(other, 230, null, 1)];
    const written: string[] = [];
    for (let nth = 0; nth < 100; nth++) {
      const [a, b] = [sample(), sample()];
      written.push(a.id, b.id);
      await (nth % 2 === 0 ? store : other).append([to(`session-${nth % 5}`, a), to(`change-${nth % 3}`, b)]);
      if (nth % 10 === 0) await nextTurn();
    }
    const all = await store.readAll(null, 1000);
    assert.equal(all.events.length, 230);
    for (const seen of await Promise.all(following)) assert.deepEqual(seen, all.events);
    assert.deepEqual(new Set(ids(all.events.slice(30))), new Set(written));
  });

  check("following starts after a position and keeps to its categories", async ({ stores: [store, other] }) => {
    await store.append([to("price-1", sample()), to("session-1", sample())]);
    const after = await store.head();
    const following = take(store, 3, after, 10, { categories: ["price", "agent"] });
    const [price, agent, later] = [sample(), sample(), sample()];
    await store.append([to("session-1", ...samples(3)), to("price-1", price)]);
    await other.append([to("session-2", sample()), to("agent-1", agent), to("prices-1", sample())]);
    await other.append([to("price-2", later)]);
    assert.deepEqual(ids(await following), ids([price, agent, later]));
  });

  check("following an empty store waits for the first event", async ({ stores: [store, other] }) => {
    const following = take(store, 1);
    await nextTurn();
    const first = sample();
    await other.append([to("session-1", first)]);
    assert.deepEqual(ids(await following), [first.id]);
  });

  check("a slow reader gets everything in order", async ({ stores: [store] }) => {
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const batch of store.follow(null, 3, AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]))) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        seen.push(...ids(batch));
        if (seen.length === 60) stop.abort();
      }
    })();
    const written = samples(60);
    for (const event of written) await store.append([to("session-1", event)]);
    await following;
    assert.deepEqual(seen, ids(written));
  });
}

function checkEnding(check: Check): void {
  check("following ends when its signal aborts while nothing happens", async ({ stores: [store] }) => {
    await store.append([to("session-1", sample())]);
    const stop = new AbortController();
    let batches = 0;
    for await (const _ of store.follow(null, 10, AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]))) {
      batches++;
      setTimeout(() => stop.abort(), 20);
    }
    assert.equal(batches, 1);
    assert.ok(stop.signal.aborted);
  });

  check("a signal that is aborted already lets nothing through", async ({ stores: [store] }) => {
    await store.append([to("session-1", sample())]);
    for await (const _ of store.follow(null, 10, AbortSignal.abort())) assert.fail("it was aborted before it began");
  });

  check("a reader may leave the loop; the store goes on", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(5))]);
    for await (const batch of store.follow(null, 2, new AbortController().signal)) {
      assert.ok(batch.length <= 2);
      break;
    }
    const [outcome] = await store.append([to("session-1", sample())]);
    assert.equal(outcome?.kind, "appended");
  });

  check("closing the store breaks what follows", async ({ stores: [store] }) => {
    await store.append([to("session-1", sample())]);
    await assert.rejects(async () => {
      for await (const _ of store.follow(null, 10, AbortSignal.timeout(30_000))) setTimeout(() => void store[Symbol.asyncDispose](), 20);
    }, /closed/);
  });
}
