import assert from "node:assert/strict";
import { LIMITS } from "../../../schemas/primitives.ts";
import type { BusFault } from "../../ports/event-bus.ts";
import type { Check } from "./event-bus.opened.ts";
import { bytes, eventually, pause, Reader, textOf } from "./event-bus.reader.ts";

const MB = 1024 * 1024;

export function checkDelivery(check: Check, product: string, version: RegExp): void {
  check("what is published is delivered with agent and family, and gone once it is acknowledged", async ({ bus }) => {
    await bus.publish("agt_a", "session", bytes("hello"), "m1");
    assert.equal((await bus.status()).waiting, 1);
    await using reader = new Reader(bus);
    const delivery = await reader.one();
    assert.deepEqual(
      { ...delivery, payload: textOf(delivery), ack: 0, retry: 0 },
      { agentId: "agt_a", family: "session", payload: "hello", attempt: 1, receiptTo: null, ack: 0, retry: 0 },
    );
    delivery.ack();
    await eventually("the acknowledged message is gone", async () => (await bus.status()).waiting === 0);
  });

  check("many messages come in few batches, each once", async ({ bus }) => {
    const count = 1_500;
    await Promise.all(Array.from({ length: count }, (_, nth) => bus.publish("agt_a", "session", bytes(`m${nth}`), `m${nth}`)));
    await using reader = new Reader(bus);
    const deliveries = await reader.take(count);
    for (const delivery of deliveries) delivery.ack();
    assert.equal(new Set(deliveries.map(textOf)).size, count);
    assert.ok(reader.batches.length < count / 5, `${reader.batches.length} batches`);
    await eventually("all are gone", async () => (await bus.status()).waiting === 0);
    assert.equal(reader.left.length, 0);
  });

  check("a message that is not acknowledged comes back, as another attempt", async ({ bus }) => {
    await bus.publish("agt_a", "session", bytes("again"), "m1");
    await using reader = new Reader(bus);
    assert.equal((await reader.one()).attempt, 1);
    const second = await reader.one();
    assert.deepEqual([textOf(second), second.attempt], ["again", 2]);
    second.ack();
    await eventually("it is gone", async () => (await bus.status()).waiting === 0);
  });

  check("a message in work is not given out again before its time", async ({ bus }) => {
    await bus.publish("agt_a", "session", bytes("slow"), "m1");
    await using reader = new Reader(bus);
    const delivery = await reader.one();
    // Longer than the server would wait for a holder that died.
    await pause(900);
    assert.equal(reader.left.length, 0);
    delivery.ack();
    await eventually("it is gone", async () => (await bus.status()).waiting === 0);
  });

  check("a message put off comes back later, and holds nothing up", async ({ bus }) => {
    await using reader = new Reader(bus);
    await bus.publish("agt_a", "session", bytes("put off"), "m1");
    (await reader.one()).retry(700);
    await bus.publish("agt_a", "session", bytes("meanwhile"), "m2");
    const [next, then] = await reader.take(2);
    assert.deepEqual([next && textOf(next), then && textOf(then), then?.attempt], ["meanwhile", "put off", 2]);
    next?.ack();
    then?.ack();
  });

  check("whoever stops reading gives back what it did not take", async ({ bus }) => {
    for (const name of ["m1", "m2", "m3"]) await bus.publish("agt_a", "session", bytes(name), name);
    const stop = new AbortController();
    const batches = bus.deliveries(stop.signal)[Symbol.asyncIterator]();
    const taken = ((await batches.next()).value ?? []).length;
    assert.ok(taken > 0);
    stop.abort();
    assert.equal((await batches.next()).done, true);
    await using reader = new Reader(bus);
    const deliveries = await reader.take(3);
    for (const delivery of deliveries) delivery.ack();
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(["m1", "m2", "m3"]));
  });

  check("a repeated message id of one agent is stored once, of two agents twice", async ({ bus }) => {
    await bus.publish("agt_a", "session", bytes("first"), "same");
    await bus.publish("agt_a", "session", bytes("repeated"), "same");
    await bus.publish("agt_b", "session", bytes("other agent"), "same");
    await using reader = new Reader(bus);
    const deliveries = await reader.take(2);
    for (const delivery of deliveries) delivery.ack();
    assert.deepEqual(deliveries.map(textOf).sort(), ["first", "other agent"]);
    await eventually("nothing is left", async () => (await bus.status()).waiting === 0);
  });

  check("3 MB travel as they are; what is too large is refused at once", async ({ bus }) => {
    const large = Buffer.alloc(3 * MB, "0123456789abcdef");
    await bus.publish("agt_a", "session", large, "large");
    await using reader = new Reader(bus);
    const delivery = await reader.one();
    assert.ok(large.equals(delivery.payload));
    delivery.ack();
    const tooLarge = bus.publish("agt_a", "session", Buffer.alloc(2 * LIMITS.messageBytes + 1), "too large");
    await assert.rejects(tooLarge, (error: BusFault) => error.kind === "too_large");
  });

  check("a full bus refuses what is new and keeps what is old", async ({ bus }) => {
    const filling: Promise<string>[] = [];
    for (let nth = 0; nth < 16; nth++) {
      const stored = bus.publish("agt_a", "session", Buffer.alloc(MB, nth), `m${nth}`);
      filling.push(
        stored.then(
          () => "stored",
          (error: BusFault) => error.kind,
        ),
      );
    }
    const answers = await Promise.all(filling);
    const stored = answers.filter((answer) => answer === "stored").length;
    assert.ok(stored >= 8 && stored < 16, `${stored} stored`);
    assert.deepEqual(new Set(answers), new Set(["stored", "full"]));
    const status = await bus.status();
    assert.equal(status.state, "degraded");
    assert.ok(status.warnings.some((warning) => warning.includes("full")));

    await using reader = new Reader(bus);
    for (const delivery of await reader.take(stored)) delivery.ack();
    await eventually("there is room again", () =>
      bus.publish("agt_a", "session", bytes("room"), "room").then(
        () => true,
        (error: BusFault) => error.kind !== "full",
      ),
    );
    (await reader.one()).ack();
    await eventually("nothing is left", async () => (await bus.status()).waiting === 0);
  });

  check("it says what it is", async ({ bus }) => {
    const status = await bus.status();
    assert.equal(status.product, product);
    assert.match(status.version, version);
    assert.equal(status.state, "up");
    assert.equal(status.waiting, 0);
  });

  check("a name that would reach other subjects is a bug of the platform", async ({ bus }) => {
    for (const wrong of ["agt_a.session", "*", ">", "", "a b", "$JS"]) {
      await assert.rejects(async () => bus.publish(wrong, "session", bytes("x"), "m"), /subject/);
      await assert.rejects(async () => bus.publish("agt_a", wrong, bytes("x"), "m"), /subject/);
    }
  });
}
