import assert from "node:assert/strict";
import type { Check } from "./event-bus.opened.ts";
import { bytes, eventually, Reader, textOf } from "./event-bus.reader.ts";

export function checkCrashes(check: Check): void {
  check("kill -9 of the server loses nothing that was acknowledged, and the bus goes on", async ({ bus, killServer }) => {
    for (let nth = 0; nth < 50; nth++) await bus.publish("agt_a", "session", bytes(`before ${nth}`), `before ${nth}`);
    await killServer();
    // While it is down: these wait for the server and are not lost either.
    const during = Array.from({ length: 50 }, (_, nth) => bus.publish("agt_a", "session", bytes(`during ${nth}`), `during ${nth}`));
    await Promise.all(during);
    await using reader = new Reader(bus);
    const deliveries = await reader.take(100);
    for (const delivery of deliveries) delivery.ack();
    const names = ["before", "during"].flatMap((name) => Array.from({ length: 50 }, (_, nth) => `${name} ${nth}`));
    assert.deepEqual(deliveries.map(textOf).sort(), names.sort());
    await eventually("all are gone", async () => (await bus.status()).waiting === 0);
  });

  check("kill -9 of the server in the middle of publishing and reading: each acknowledged message arrives", async ({ bus, killServer }) => {
    const count = 600;
    const stored = new Set<string>();
    const arrived = new Set<string>();
    await using reader = new Reader(bus);
    const publishing = (async () => {
      for (let nth = 0; nth < count; nth += 20) {
        const round = Array.from({ length: 20 }, (_, more) => `m${nth + more}`);
        await Promise.all(round.map((name) => bus.publish("agt_a", "session", bytes(name), name).then(() => stored.add(name))));
        if (nth === 200) await killServer();
      }
    })();
    while (arrived.size < count) {
      const delivery = await reader.one();
      delivery.ack();
      arrived.add(textOf(delivery));
    }
    await publishing;
    assert.equal(stored.size, count);
    assert.deepEqual(arrived, stored);
    await eventually("all are gone", async () => {
      reader.ackAll();
      return (await bus.status()).waiting === 0;
    });
  });

  check("what a reader held when it went away is given to the next one", async ({ bus, another }) => {
    await bus.publish("agt_a", "session", bytes("held"), "m1");
    {
      await using first = await another();
      await using reader = new Reader(first);
      assert.equal(textOf(await reader.one()), "held");
    }
    await using reader = new Reader(bus);
    const delivery = await reader.one();
    assert.deepEqual([textOf(delivery), delivery.attempt], ["held", 2]);
    delivery.ack();
  });

  check("a stream that someone removed is made again, for writing and for reading", async ({ bus, dropStream }) => {
    await using reader = new Reader(bus);
    await bus.publish("agt_a", "session", bytes("before"), "before");
    (await reader.one()).ack();
    await dropStream();
    await bus.publish("agt_a", "session", bytes("after"), "after");
    const delivery = await reader.one();
    assert.equal(textOf(delivery), "after");
    delivery.ack();
    await eventually("it is gone", async () => (await bus.status()).waiting === 0);
  });

  check("what is not stored when the bus closes is said so", async ({ bus, killServer }) => {
    await killServer();
    const publishing = bus.publish("agt_a", "session", bytes("late"), "late").then(
      () => "stored",
      (error: { kind?: string }) => error.kind,
    );
    await bus[Symbol.asyncDispose]();
    assert.ok(["stored", "unreachable"].includes((await publishing) ?? ""));
  });
}
