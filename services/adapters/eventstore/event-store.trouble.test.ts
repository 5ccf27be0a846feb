import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { EventStore, Position } from "../../ports/event-store.ts";
import { ids, readEverything, sample, samples, to } from "../../testing/contracts/event-store.samples.ts";
import { type AppendTrouble, StandInServer } from "../../testing/eventstore/server.ts";
import { checkAgainstModel } from "../../testing/model-event-store.ts";
import { openMemoryEventStore } from "../memory/event-store.ts";
import { openEventStoreDb } from "./event-store.ts";

async function withServer(body: (server: StandInServer, store: EventStore) => Promise<void>, deadlineMs = 10_000): Promise<void> {
  await using server = await StandInServer.start();
  await using store = await openEventStoreDb({
    connectionString: `esdb://127.0.0.1:${server.port}?tls=false&defaultDeadline=${deadlineMs}`,
    patienceMs: 8_000,
  });
  await body(server, store);
}

/** Follows until `count` events came. */
async function take(store: EventStore, count: number, after: Position | null = null, categories?: string[]): Promise<string[]> {
  const enough = new AbortController();
  const seen: string[] = [];
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(20_000)]);
  for await (const batch of store.follow(after, 7, signal, categories ? { categories } : {})) {
    seen.push(...ids(batch));
    if (seen.length >= count) enough.abort();
  }
  return seen;
}

const own = (server: StandInServer): string[] => server.log.records.filter(({ stream }) => stream.startsWith("andon.")).map(({ id }) => id);

describe("EventStoreDB in trouble: appending", () => {
  test("it answers like the model, within what the server can", () =>
    withServer(async (_, store) => {
      await using model = openMemoryEventStore();
      await checkAgainstModel(store, model, { runs: 25, streamsApart: true });
    }));

  for (const trouble of ["lost before", "lost after", "busy", "not leader"] satisfies AppendTrouble[]) {
    for (const expected of ["any", "none", 1] as const) {
      test(`${trouble}, expected ${expected}: the append is made again and stored once`, () =>
        withServer(async (server, store) => {
          const before = expected === 1 ? samples(2) : [];
          if (expected === 1) await store.append([to("session-1", ...before)]);
          server.troubles.push(trouble, trouble);
          const events = samples(3);
          const [outcome] = await store.append([{ stream: "session-1", expected, events }]);
          assert.deepEqual(own(server), ids([...before, ...events]));
          const [last] = await store.readStream("session-1", before.length + 2, 1);
          assert.deepEqual(outcome, { kind: "appended", revision: before.length + 2, position: last?.position });
        }));
    }
  }

  test("an append that nobody answers is given up at its deadline and made again", () =>
    withServer(async (server, store) => {
      server.troubles.push("hangs");
      const event = sample();
      const [outcome] = await store.append([to("session-1", event)]);
      assert.equal(outcome?.kind, "appended");
      assert.deepEqual(own(server), [event.id]);
    }, 300));

  test("while another writer gets in between, a lost append still ends in one piece", () =>
    withServer(async (server, store) => {
      await using other = await openEventStoreDb({ connectionString: `esdb://127.0.0.1:${server.port}?tls=false` });
      await store.append([to("session-1", sample())]);
      server.troubles.push("lost before");
      const [mine, theirs] = [samples(3), samples(2)];
      const [[outcome]] = await Promise.all([
        store.append([to("session-1", ...mine)]),
        setTimeout(5).then(() => other.append([to("session-1", ...theirs)])),
      ]);
      assert.equal(outcome?.kind, "appended");
      const stored = own(server);
      assert.equal(stored.length, 6);
      const at = stored.indexOf(mine[0]?.id as string);
      assert.deepEqual(stored.slice(at, at + 3), ids(mine));
    }));

  test("what trying again cannot change is reported at once", () =>
    withServer(async (server, store) => {
      server.troubles.push("denied");
      await assert.rejects(store.append([to("session-1", sample())]), /Access Denied/);
      assert.equal(server.seen.filter(({ call }) => call === "append").length, 1);
    }));

  test("an append beyond the server's limit says so, and what to do", () =>
    withServer(async (server, store) => {
      const large = sample(JSON.stringify({ text: "x".repeat(1024 * 1024) }));
      const beside = sample();
      await assert.rejects(store.append([to("session-1", large), to("session-2", beside)]), /MaxAppendSize/);
      assert.deepEqual(own(server), [beside.id]);
    }));

  test("appends wait for a server that restarts, and are stored once", () =>
    withServer(async (server, store) => {
      const events = samples(40);
      await store.append([to("session-0", events[0] as (typeof events)[0])]);
      const appending = events.slice(1).map(async (event, nth) => {
        await setTimeout(nth * 10);
        return store.append([to(`session-${nth % 5}`, event)]);
      });
      await setTimeout(60);
      server.halt();
      await setTimeout(200);
      await server.resume();
      const outcomes = (await Promise.all(appending)).flat();
      assert.ok(outcomes.every(({ kind }) => kind === "appended"));
      assert.deepEqual(own(server).toSorted(), ids(events).toSorted());
    }));

  test("every append and read goes to the leader", () =>
    withServer(async (server, store) => {
      await store.append([to("session-1", sample())]);
      await readEverything(store);
      const calls = server.seen.filter(({ call }) => call !== "features");
      assert.ok(calls.length >= 3);
      assert.ok(calls.every(({ headers }) => headers["requires-leader"] === "true"));
    }));
});

describe("EventStoreDB in trouble: following", () => {
  for (const code of ["unavailable", "cancelled", "not leader"] as const) {
    test(`a subscription that ends with "${code}" goes on without gap or repeat`, () =>
      withServer(async (server, store) => {
        const following = Promise.all([take(store, 120), take(store, 60, null, ["price"])]);
        const written: string[] = [];
        for (let nth = 0; nth < 60; nth++) {
          const [a, b] = [sample(), sample()];
          await store.append([to("session-1", a)]);
          await store.append([to("price-1", b)]);
          written.push(a.id, b.id);
          if (nth % 20 === 10) {
            // Only a subscription that is there can be broken.
            while (server.subscriptions < 2) await setTimeout(5);
            server.breakSubscriptions(code);
          }
        }
        const [all, prices] = await following;
        assert.deepEqual(all, written);
        assert.deepEqual(
          prices,
          written.filter((_, nth) => nth % 2 === 1),
        );
      }));
  }

  test("a server that restarts breaks nothing", () =>
    withServer(async (server, store) => {
      const following = take(store, 30);
      const events = samples(30);
      for (const event of events.slice(0, 15)) await store.append([to("session-1", event)]);
      server.halt();
      await setTimeout(100);
      await server.resume();
      for (const event of events.slice(15)) await store.append([to("session-1", event)]);
      assert.deepEqual(await following, ids(events));
    }));

  test("where to go on is never the place of an event that the server may throw away", () =>
    withServer(async (server, store) => {
      for (let nth = 0; nth < 8; nth++) {
        // After each append another kind of foreign event is the last one in the log.
        await store.append([to("session-1", sample())]);
        const { next } = await store.readAll(null, 10, { categories: ["price"] });
        assert.equal(next, await store.head());
        const following = take(store, 1, next);
        const wanted = sample();
        server.log.scavenge("andon.");
        await store.append([to("session-1", wanted)]);
        assert.deepEqual(await following, [wanted.id]);
      }
    }));

  test("the server is told to wait while nobody takes what it sends", () =>
    withServer(async (server, store) => {
      const filler = JSON.stringify({ filler: "x".repeat(10_000) });
      for (let nth = 0; nth < 40; nth++) await store.append([to("session-1", ...Array.from({ length: 50 }, () => sample(filler)))]);
      const stop = new AbortController();
      let seen = 0;
      for await (const batch of store.follow(null, 10, stop.signal)) {
        if (seen === 0) {
          await setTimeout(300);
          assert.ok(server.log.served < 1_500, `${server.log.served} of 2000 were sent to a reader who took none`);
        }
        seen += batch.length;
        if (seen === 2_000) stop.abort();
      }
      assert.equal(seen, 2_000);
    }));
});

describe("EventStoreDB in trouble: lost history", () => {
  test("following does not start where no event of ours lies: the server would skip the next one", () =>
    withServer(async (_, store) => {
      await store.append([to("session-1", ...samples(3))]);
      const [first] = await store.readStream("session-1", 0, 1);
      const inside = (BigInt(`0x${first?.position}`) + 1n).toString(16).padStart(16, "0") as Position;
      await assert.rejects(take(store, 1, inside), /no event.*another event store, or the event was lost/);
    }));

  test("a stream whose beginning was cut off is not read as if it began there", () =>
    withServer(async (server, store) => {
      await store.append([to("session-1", ...samples(6))]);
      server.log.truncate("andon.session-1", 4);
      await assert.rejects(store.readStream("session-1", 0, 10), /session-1 is damaged.*revision 0 is missing/);
      await assert.rejects(store.readStream("session-1", 3, 10), /revision 3 is missing/);
      assert.equal((await store.readStream("session-1", 4, 10)).length, 2);
      server.log.truncate("andon.session-1", 6);
      await assert.rejects(store.readStream("session-1", 0, 10), /revisions 0 to 5 are missing/);
      assert.deepEqual(await store.readStream("session-1", 6, 10), []);
    }));

  for (const state of ["soft deleted", "tombstoned"] as const) {
    test(`a ${state} stream takes no append as if nothing had happened`, () =>
      withServer(async (server, store) => {
        await store.append([to("session-1", ...samples(3))]);
        server.log.delete("andon.session-1", state);
        await using fresh = await openEventStoreDb({ connectionString: `esdb://127.0.0.1:${server.port}?tls=false` });
        await assert.rejects(fresh.append([{ stream: "session-1", expected: "none", events: samples(1) }]), /session-1 is damaged/);
        await assert.rejects(fresh.append([to("session-1", sample())]), /session-1 is damaged/);
      }));
  }
});
