import assert from "node:assert/strict";
import type { Position } from "../../ports/event-store.ts";
import type { Check } from "./event-store.opened.ts";
import { ids, sample, samples, to } from "./event-store.samples.ts";

export function checkReading(check: Check): void {
  checkStreams(check);
  checkPages(check);
  checkCategories(check);
}

function checkStreams(check: Check): void {
  check("a stream is read from a revision, up to a limit, to its end", async ({ stores: [store] }) => {
    const events = samples(5);
    await store.append([to("session-1", ...events), to("session-10", sample())]);
    assert.deepEqual(ids(await store.readStream("session-1", 0, 2)), ids(events.slice(0, 2)));
    assert.deepEqual(ids(await store.readStream("session-1", 3, 10)), ids(events.slice(3)));
    assert.deepEqual(await store.readStream("session-1", 5, 10), []);
    assert.deepEqual(await store.readStream("session-1", 500, 10), []);
  });

  check("a stream that does not exist is empty", async ({ stores: [store] }) => {
    assert.deepEqual(await store.readStream("session-none", 0, 10), []);
  });

  check("limits and revisions that make no sense are refused", async ({ stores: [store] }) => {
    await assert.rejects(store.readStream("session-1", -1, 10), /from/);
    await assert.rejects(store.readStream("session-1", 0, 0), /limit/);
    await assert.rejects(store.readStream("session-1", 0.5, 1), /from/);
    await assert.rejects(store.readAll(null, 0), /limit/);
  });
}

function checkPages(check: Check): void {
  check("an empty store has one empty page and no head", async ({ stores: [store] }) => {
    assert.deepEqual(await store.readAll(null, 10), { events: [], next: null, atEnd: true });
    assert.deepEqual(await store.readAll(null, 10, { categories: ["session"] }), { events: [], next: null, atEnd: true });
    assert.equal(await store.head(), null);
  });

  check("pages follow one another without gap or repeat", async ({ stores: [store] }) => {
    const events = samples(23);
    for (const [nth, event] of events.entries()) await store.append([to(`session-${nth % 3}`, event)]);
    const seen: string[] = [];
    let after: Position | null = null;
    for (let pages = 0; pages < 100; pages++) {
      const page = await store.readAll(after, 5);
      assert.ok(page.events.length <= 5);
      seen.push(...ids(page.events));
      after = page.next;
      if (page.atEnd) break;
    }
    assert.deepEqual(seen, ids(events));
    assert.equal(after, await store.head());
  });

  check("at the end a page is empty, stays where it was and goes on later", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(2))]);
    const end = await store.head();
    assert.deepEqual(await store.readAll(end, 10), { events: [], next: end, atEnd: true });
    const later = sample();
    await store.append([to("session-1", later)]);
    assert.deepEqual(ids((await store.readAll(end, 10)).events), [later.id]);
  });

  check("a page that ends before the newest event says so", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(3))]);
    const page = await store.readAll(null, 2);
    assert.deepEqual([page.events.length, page.atEnd, page.next], [2, false, page.events[1]?.position]);
    const rest = await store.readAll(page.next, 2);
    assert.deepEqual([rest.events.length, rest.atEnd], [1, true]);
  });

  check("the head is the position of the newest event", async ({ stores: [store] }) => {
    const [outcome] = await store.append([to("session-1", ...samples(3))]);
    assert.equal(await store.head(), outcome?.kind === "appended" ? outcome.position : "");
    assert.equal((await store.readStream("session-1", 2, 1))[0]?.position, await store.head());
  });

  check("a position beyond the newest event is refused", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(2))]);
    const head = (await store.head()) as Position;
    const beyond = head.replace(/^./, "7") as Position;
    await assert.rejects(store.readAll(beyond, 10), /another event store/);
    await assert.rejects(store.readAll(beyond, 10, { categories: ["session"] }), /another event store/);
    const following = store.follow(beyond, 10, AbortSignal.timeout(10_000));
    await assert.rejects(async () => {
      for await (const _ of following) assert.fail("nothing is beyond the end");
    }, /another event store/);
  });
}

function checkCategories(check: Check): void {
  check("a category is the name up to the first dash, the whole name without one", async ({ stores: [store] }) => {
    const [price, prices, plain, dashed] = [sample(), sample(), sample(), sample()];
    for (const append of [to("price-openai", price), to("prices-openai", prices), to("price", plain), to("price-a-b", dashed)]) {
      await store.append([append]);
    }
    assert.deepEqual(ids((await store.readAll(null, 10, { categories: ["price"] })).events), ids([price, plain, dashed]));
    assert.deepEqual(ids((await store.readAll(null, 10, { categories: ["pri"] })).events), []);
  });

  check("several categories come in the order of the store", async ({ stores: [store] }) => {
    const events = samples(12);
    for (const [nth, event] of events.entries()) await store.append([to(`${["a", "b", "c"][nth % 3]}-1`, event)]);
    const wanted = ids(events.filter((_, nth) => nth % 3 !== 1));
    assert.deepEqual(ids((await store.readAll(null, 100, { categories: ["c", "a", "none"] })).events), wanted);
    const seen: string[] = [];
    for (let after: Position | null = null, end = false; !end; ) {
      const page = await store.readAll(after, 3, { categories: ["a", "c"] });
      seen.push(...ids(page.events));
      [after, end] = [page.next, page.atEnd];
    }
    assert.deepEqual(seen, wanted);
  });

  check("no categories let nothing through; an absent list lets everything through", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(2))]);
    const page = await store.readAll(null, 10, { categories: [] });
    assert.deepEqual([page.events, page.atEnd], [[], true]);
    assert.equal((await store.readAll(null, 10, {})).events.length, 2);
  });

  check("where a filter lets nothing through the page still moves on", async ({ stores: [store] }) => {
    await store.append([to("session-1", ...samples(4))]);
    const page = await store.readAll(null, 2, { categories: ["price"] });
    assert.deepEqual([page.events, page.next, page.atEnd], [[], await store.head(), true]);
    const late = sample();
    await store.append([to("session-1", sample()), to("price-1", late)]);
    assert.deepEqual(ids((await store.readAll(page.next, 2, { categories: ["price"] })).events), [late.id]);
  });
}
