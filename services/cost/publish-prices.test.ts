import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import type { PriceRow } from "../../schemas/price.ts";
import anthropic from "../../schemas/prices/anthropic.json" with { type: "json" };
import openai from "../../schemas/prices/openai.json" with { type: "json" };
import type { PriceFile } from "../../schemas/prices/price-file.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { rowsOfFile } from "../domain/cost/prices-of-file.ts";
import type { EventStore } from "../ports/event-store.ts";
import { publishPrices, withdrawPrice } from "./change-prices.ts";
import { readPriceHistory } from "./price-history.ts";
import { publishShippedPrices } from "./publish-prices.ts";

const AT = "2026-11-21T12:00:00.000Z";
const ana = { actor: { kind: "human", id: "ana" }, at: AT, reason: "as agreed" } as const;

type Entry = PriceFile["prices"][number];
const entry: Entry = { model: "m-1", from: "2026-01-01T00:00:00Z", to: null, usdPerMillion: { input: "2", output: "8" }, source: "page" };
const fileOf = (entries: readonly Entry[], on = "2026-11-01", more: Partial<PriceFile> = {}): PriceFile => ({
  provider: "acme",
  sources: { page: { uri: "https://example.com/prices", on } },
  prices: [...entries],
  withdrawn: [],
  ...more,
});
const rowOf = (change: Partial<PriceRow> = {}): PriceRow => ({ ...(rowsOfFile(fileOf([entry]))[0] as PriceRow), ...change });

let store: EventStore;
beforeEach(() => {
  store = openMemoryEventStore();
});

const ship = (...files: PriceFile[]) => publishShippedPrices(store, files, AT);
const inputPrice = async () => (await readPriceHistory(store)).book.row("acme/m-1/input/direct/standard/any@2026-01-01")?.usdPerMillion;

describe("shipped prices", () => {
  test("are published once, by the platform, each provider in its own stream", async () => {
    const first = await publishShippedPrices(store, [anthropic, openai], AT);
    assert.ok(first.published > 500);
    assert.deepEqual([first.withdrawn, first.kept], [0, []]);
    assert.deepEqual(await publishShippedPrices(store, [anthropic, openai], AT), { published: 0, withdrawn: 0, kept: [] });

    const { events } = await store.readAll(null, 10_000);
    assert.equal(events.length, first.published);
    for (const { stream, body } of events) {
      const event = JSON.parse(body) as StoredEvent<{ row: PriceRow }>;
      assert.equal(stream, `price-${event.data.row.provider}`);
      assert.deepEqual([event.source, event.subject, event.time], ["/services/prices", event.data.row.priceId, AT]);
    }
  });

  test("a changed figure is published again, an untouched one is not", async () => {
    await ship(fileOf([entry]));
    assert.equal((await ship(fileOf([{ ...entry, usdPerMillion: { input: "3", output: "8" } }]))).published, 1);
    assert.equal(await inputPrice(), "3");
  });

  test("an older release takes nothing back", async () => {
    await ship(fileOf([{ ...entry, usdPerMillion: { input: "3", output: "8" } }], "2026-11-02"));
    assert.equal((await ship(fileOf([entry], "2026-11-01"))).published, 0);
    assert.equal(await inputPrice(), "3");
  });

  test("a row that is gone from the file stays in force; a withdrawn one does not, and only once", async () => {
    await ship(fileOf([entry]));
    assert.deepEqual(await ship(fileOf([])), { published: 0, withdrawn: 0, kept: [] });
    assert.equal(await inputPrice(), "2");
    const withdrawn = [{ priceId: "acme/m-1/input/direct/standard/any@2026-01-01", reason: "was for another model" }];
    assert.equal((await ship(fileOf([], "2026-11-02", { withdrawn }))).withdrawn, 1);
    assert.equal((await ship(fileOf([], "2026-11-02", { withdrawn }))).withdrawn, 0);
    assert.equal(await inputPrice(), undefined);
  });

  test("what a person set or withdrew stays as the person left it", async () => {
    await ship(fileOf([entry]));
    await publishPrices(store, [rowOf({ usdPerMillion: "1.5" })], ana);
    await withdrawPrice(store, rowOf().priceId.replace("input", "output"), { ...ana, reason: "wrong" });
    const again = await ship(fileOf([{ ...entry, usdPerMillion: { input: "9", output: "9" } }], "2026-12-01"));
    assert.deepEqual(
      again.kept.map(({ reason }) => reason),
      ["set_by_hand", "set_by_hand"],
    );
    assert.equal(again.published, 0);
    assert.equal(await inputPrice(), "1.5");
    assert.equal((await readPriceHistory(store)).book.rows().length, 1);
  });

  test("a shipped row that would clash with a person's row stays away", async () => {
    await publishPrices(store, [rowOf({ priceId: "ours", usdPerMillion: "1.5" })], ana);
    const shipped = await ship(fileOf([entry]));
    assert.equal(shipped.published, 1);
    assert.deepEqual(shipped.kept, [{ priceId: rowOf().priceId, reason: "clashes" }]);
  });

  test("two starts at once publish each row once", async () => {
    await Promise.all([ship(fileOf([entry])), ship(fileOf([entry])), ship(fileOf([entry]))]);
    assert.equal((await store.readAll(null, 100)).events.length, 2);
  });
});

describe("a person's prices", () => {
  test("are published together, with who and why; the same again changes nothing", async () => {
    const rows = [rowOf({ priceId: "a" }), rowOf({ priceId: "b", meter: "output" })];
    assert.deepEqual(await publishPrices(store, rows, ana), { kind: "ok", value: { published: 2, unchanged: 0 } });
    assert.deepEqual(await publishPrices(store, rows, ana), { kind: "ok", value: { published: 0, unchanged: 2 } });
    const [first] = (await store.readAll(null, 10)).events;
    const event = JSON.parse(first?.body ?? "") as StoredEvent;
    assert.deepEqual([event.source, event.actorkind, event.data["reason"]], ["/people/ana", "human", "as agreed"]);
  });

  test("a clash is refused and says how to put it right; ended and begun together it is taken", async () => {
    await publishPrices(store, [rowOf({ priceId: "a" })], ana);
    const next = rowOf({ priceId: "b", from: "2026-12-01T00:00:00Z", usdPerMillion: "1" });
    const refused = await publishPrices(store, [next], ana);
    assert.equal(refused.kind, "conflict");
    assert.match("hint" in refused ? (refused.hint ?? "") : "", /end one of them/);
    const both = [rowOf({ priceId: "a", to: next.from }), next];
    assert.deepEqual(await publishPrices(store, both, ana), { kind: "ok", value: { published: 2, unchanged: 0 } });
    assert.equal((await publishPrices(store, [rowOf({ priceId: "c", kind: "contract" })], ana)).kind, "ok");
  });

  test("a row that is wrong in itself is refused, and nothing of the batch is published", async () => {
    const refused = await publishPrices(store, [rowOf({ priceId: "a" }), rowOf({ priceId: "b", to: "2020-01-01T00:00:00Z" })], ana);
    assert.deepEqual([refused.kind, "reason" in refused && refused.reason.startsWith("price b: to must be later")], ["invalid", true]);
    assert.equal((await publishPrices(store, [rowOf(), rowOf()], ana)).kind, "invalid");
    assert.equal((await store.readAll(null, 10)).events.length, 0);
  });

  test("an id keeps its provider, and back to an old price is a change too", async () => {
    await publishPrices(store, [rowOf()], ana);
    assert.equal((await publishPrices(store, [rowOf({ provider: "other" })], ana)).kind, "conflict");
    for (const usdPerMillion of ["3", "2", "3"]) await publishPrices(store, [rowOf({ usdPerMillion })], ana);
    assert.equal(await inputPrice(), "3");
    assert.equal((await store.readAll(null, 10)).events.length, 4);
  });

  test("only a known price can be withdrawn", async () => {
    assert.equal((await withdrawPrice(store, "nothing", { ...ana, reason: "wrong" })).kind, "not_found");
  });
});
