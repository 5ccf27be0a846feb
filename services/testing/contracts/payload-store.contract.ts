import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { PayloadStore, SealedPayload } from "../../ports/payload-store.ts";
import { type Skips, suite } from "./suite.ts";

interface Opened extends AsyncDisposable {
  readonly store: PayloadStore;
  reopen(): Promise<PayloadStore>;
}

interface PayloadStoreUnderTest {
  readonly open: () => Promise<Opened>;
  readonly skips?: Skips;
}

type Check = (title: string, body: (opened: Opened) => Promise<void>) => void;

let made = 0;
const payload = (bytes: number, id = `event-${made++}.0`): SealedPayload => ({ id, keyId: `key-${id}`, bytes: randomBytes(bytes) });
const plain = (found: SealedPayload | null): unknown => found && { ...found, bytes: Buffer.from(found.bytes) };

export function payloadStoreContract(adapter: string, { open, skips = {} }: PayloadStoreUnderTest): void {
  suite(`payload store: ${adapter}`, skips, open, (check) => {
    checkPutting(check);
    checkDeleting(check);
    checkKeeping(check);
  });
}

function checkPutting(check: Check): void {
  check("what was put is got back byte for byte", async ({ store }) => {
    const payloads = [payload(29), payload(5_000), payload(1_500_000)];
    await store.put(payloads);
    for (const each of payloads) assert.deepEqual(plain(await store.get(each.id)), each);
  });

  check("what was never put is null", async ({ store }) => {
    assert.equal(await store.get("event-none.0"), null);
  });

  check("many are got at once, in the order they are asked for", async ({ store }) => {
    const [one, other] = [payload(40), payload(50)];
    await store.put([one, other]);
    const found = await store.getMany([other.id, "event-none.0", one.id, other.id]);
    assert.deepEqual(found.map(plain), [other, null, one, other]);
    assert.deepEqual(await store.getMany([]), []);
  });

  check("nothing to put is no error", async ({ store }) => {
    await store.put([]);
    assert.deepEqual(await store.status(), { payloads: 0, bytes: 0 });
  });

  check("the same again is no error and counts once", async ({ store }) => {
    const same = payload(40);
    await store.put([same, payload(60)]);
    await Promise.all([store.put([same]), store.put([same, same])]);
    assert.deepEqual(await store.status(), { payloads: 2, bytes: 100 });
  });

  check("another content under a known id is refused, and so is all that came with it", async ({ store }) => {
    const first = payload(40);
    const [beside, after] = [payload(50), payload(60)];
    await store.put([first]);
    const puts = [
      store.put([beside, { ...first, bytes: randomBytes(40) }]),
      store.put([after]),
      store.put([{ ...first, keyId: "key-other" }]),
    ];
    const results = await Promise.allSettled(puts);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "fulfilled", "rejected"],
    );
    assert.deepEqual(plain(await store.get(first.id)), first);
    assert.equal(await store.get(beside.id), null);
    assert.deepEqual(plain(await store.get(after.id)), after);
  });

  check("views into larger memory are stored as what they show", async ({ store }) => {
    const memory = randomBytes(100);
    await store.put([{ id: "event-view.0", keyId: "key", bytes: memory.subarray(10, 30) }]);
    assert.deepEqual(plain(await store.get("event-view.0")), { id: "event-view.0", keyId: "key", bytes: memory.subarray(10, 30) });
  });
}

function checkDeleting(check: Check): void {
  check("what was deleted is gone, the rest stays", async ({ store }) => {
    const [gone, kept, alsoGone] = [payload(100), payload(200), payload(10_000)];
    await store.put([gone, kept, alsoGone]);
    await store.delete([gone.id, alsoGone.id]);
    assert.deepEqual([await store.get(gone.id), await store.get(alsoGone.id)], [null, null]);
    assert.deepEqual(plain(await store.get(kept.id)), kept);
    assert.deepEqual(await store.status(), { payloads: 1, bytes: 200 });
  });

  check("deleting what is not there, or nothing, is no error", async ({ store }) => {
    await store.delete([]);
    await store.delete(["event-none.0"]);
    const [one] = [payload(10)];
    await store.put([one]);
    await Promise.all([store.delete([one.id]), store.delete([one.id, one.id])]);
    assert.deepEqual(await store.status(), { payloads: 0, bytes: 0 });
  });

  check("a deleted id may be used again", async ({ store }) => {
    const first = payload(10);
    await store.put([first]);
    await store.delete([first.id]);
    const second = payload(20, first.id);
    await store.put([second]);
    assert.deepEqual(plain(await store.get(first.id)), second);
  });
}

function checkKeeping(check: Check): void {
  check("what was put or deleted before closing is so after opening again", async ({ store, reopen }) => {
    const [kept, gone, last] = [payload(100), payload(100), payload(300)];
    await store.put([kept, gone]);
    await store.delete([gone.id]);
    const putting = store.put([last]);
    await store[Symbol.asyncDispose]();
    await putting;
    const again = await reopen();
    assert.deepEqual(plain(await again.get(kept.id)), kept);
    assert.deepEqual(plain(await again.get(last.id)), last);
    assert.equal(await again.get(gone.id), null);
    assert.deepEqual(await again.status(), { payloads: 2, bytes: 400 });
  });

  check("closing twice is no error, and afterwards every call is refused", async ({ store }) => {
    await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.put([payload(1)]), /closed/);
    await assert.rejects(store.get("event-1.0"), /closed/);
    await assert.rejects(store.delete(["event-1.0"]), /closed/);
    await assert.rejects(store.status(), /closed/);
  });
}
