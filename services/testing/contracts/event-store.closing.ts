import assert from "node:assert/strict";
import type { Check } from "./event-store.opened.ts";
import { ids, readEverything, sample, samples, to } from "./event-store.samples.ts";

export function checkClosing(check: Check, product: string, version: RegExp): void {
  check("closing twice is no error, and afterwards every call is refused", async ({ stores: [store] }) => {
    await store.append([to("session-1", sample())]);
    await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.append([to("session-1", sample())]), /closed/);
    await assert.rejects(store.readStream("session-1", 0, 1), /closed/);
    await assert.rejects(store.readAll(null, 1), /closed/);
    await assert.rejects(store.head(), /closed/);
  });

  check("appends that were asked for before closing are finished", async ({ stores: [store], reopen }) => {
    const events = samples(20);
    const appending = events.map((event) => store.append([to("session-1", event)]));
    const closing = store[Symbol.asyncDispose]();
    const outcomes = await Promise.all(appending);
    await closing;
    assert.ok(outcomes.every(([outcome]) => outcome?.kind === "appended"));
    assert.deepEqual(ids(await readEverything(await reopen())), ids(events));
  });

  check("after opening again everything is there and goes on", async ({ stores: [store], reopen }) => {
    const events = samples(3);
    await store.append([to("session-1", ...events), to("price-1", sample())]);
    const before = await readEverything(store);
    const again = await reopen();
    assert.deepEqual(await readEverything(again), before);
    assert.deepEqual(await again.append([to("session-1", ...events)]), [{ kind: "already", revision: 2 }]);
    const [outcome] = await again.append([{ stream: "session-1", expected: 2, events: [sample()] }]);
    assert.equal(outcome?.kind === "appended" && outcome.revision, 3);
    const head = before.at(-1)?.position ?? "";
    assert.ok(outcome?.kind === "appended" && outcome.position > head);
  });

  check("it is the engine that the suite claims to test", async ({ stores: [store] }) => {
    const identity = await store.identify();
    assert.equal(identity.product, product);
    assert.match(identity.version, version);
  });
}
