import assert from "node:assert/strict";
import type { BusCredential, EventBus } from "../../ports/event-bus.ts";
import { connectAgent } from "../bus-agent.ts";
import type { Check } from "./event-bus.opened.ts";
import { bytes, eventually, Reader, textOf } from "./event-bus.reader.ts";

async function credentialOf(bus: EventBus, agentId: string, expires: string | null = null): Promise<BusCredential> {
  const issued = await bus.issueCredential(agentId, expires);
  assert.ok(issued.kind === "issued", JSON.stringify(issued));
  return issued.credential;
}

const agent = async (bus: EventBus, agentId: string) => connectAgent(await credentialOf(bus, agentId));

export function checkCredentials(check: Check): void {
  check("an agent's message is stored under its name, and the bus tells it so", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    const stored = await a.ask("andon.events.agt_a.session", "with an answer");
    assert.ok(stored.seq > 0);
    await a.say("andon.events.agt_a.change", "without one");
    await using reader = new Reader(bus);
    const deliveries = await reader.take(2);
    assert.deepEqual(
      deliveries.map((delivery) => [delivery.agentId, delivery.family, textOf(delivery)]),
      [
        ["agt_a", "session", "with an answer"],
        ["agt_a", "change", "without one"],
      ],
    );
    assert.deepEqual(a.refusals, []);
  });

  check("an agent's own message id makes a repetition harmless", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    const id = { "Nats-Msg-Id": "agt_a:mine" };
    assert.equal((await a.ask("andon.events.agt_a.session", "once", id)).duplicate ?? false, false);
    assert.equal((await a.ask("andon.events.agt_a.session", "once", id)).duplicate, true);
    assert.equal((await bus.status()).waiting, 1);
  });

  check("an agent sends 3 MB in one message", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    await a.ask("andon.events.agt_a.session", Buffer.alloc(3 * 1024 * 1024, "x"));
    await using reader = new Reader(bus);
    assert.equal((await reader.one()).payload.length, 3 * 1024 * 1024);
  });

  check("an agent publishes on its own subjects alone", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    const forbidden = [
      "andon.events.agt_b.session",
      "andon.events.agt_a.session.deeper",
      "andon.events.agt_a",
      "andon.decide.agt_b",
      "andon.line.payments",
      "_INBOX_agt_b.x",
      "$JS.API.STREAM.PURGE.ANDON_EVENTS",
      "$JS.API.STREAM.INFO.ANDON_EVENTS",
      "$JS.API.CONSUMER.MSG.NEXT.ANDON_EVENTS.ingest",
      "$JS.ACK.ANDON_EVENTS.ingest.1.1.1.1.0",
      "$SYS.REQ.SERVER.PING",
    ];
    await bus.publish("agt_b", "session", bytes("precious"), "m1");
    for (const subject of forbidden) await a.say(subject, "forged", { reply: "_INBOX_agt_a.x" });
    await eventually("each is refused", () => a.refusals.length >= forbidden.length);
    for (const subject of forbidden) {
      assert.ok(
        a.refusals.some((refusal) => refusal.includes(`"${subject}"`)),
        subject,
      );
    }
    await using reader = new Reader(bus);
    assert.equal(textOf(await reader.one()), "precious");
    assert.equal((await bus.status()).waiting, 1);
  });

  check("an agent hears its own inbox and the line alone", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    const forbidden = [
      ">",
      "andon.>",
      "andon.events.*.*",
      "andon.events.agt_a.session",
      "_INBOX_agt_b.>",
      "_INBOX.>",
      "$JS.>",
      "$SYS.>",
      "_R_.>",
    ];
    for (const subject of forbidden) await a.hear(subject);
    await eventually("each is refused", () => a.refusals.length >= forbidden.length);
    await a.hear("_INBOX_agt_a.>");
    await a.hear("andon.line.payments");
    assert.equal(new Set(a.refusals).size, forbidden.length);
  });

  check("a reply subject gives an agent no power: it neither forges nor destroys", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    await using b = await agent(bus, "agt_b");
    const heard = await b.hear("_INBOX_agt_b.>");
    await bus.publish("agt_b", "session", bytes("precious"), "m1");
    const targets = [
      "andon.events.agt_b.session",
      "_INBOX_agt_b.forged",
      "$JS.API.STREAM.PURGE.ANDON_EVENTS",
      "$JS.API.STREAM.MSG.DELETE.ANDON_EVENTS",
      "$JS.API.STREAM.DELETE.ANDON_EVENTS",
    ];
    for (const reply of targets) await a.say("andon.events.agt_a.session", "bait", { reply });
    await a.ask("andon.events.agt_a.session", "last");
    await using reader = new Reader(bus);
    const deliveries = await reader.take(targets.length + 2);
    assert.deepEqual(
      deliveries.map((delivery) => `${delivery.agentId} ${textOf(delivery)}`).sort(),
      ["agt_a last", ...targets.map(() => "agt_a bait"), "agt_b precious"].sort(),
    );
    for (const delivery of deliveries) delivery.ack();
    await eventually("nothing else was stored", async () => (await bus.status()).waiting === 0);
    // An acknowledgement in another's inbox says nothing but a number; words of the agent's choice must not get there.
    assert.ok(heard.every((text) => !text.includes("bait")));
  });

  check("whoever asks for a receipt gets it, in its own inbox and nowhere else", async ({ bus }) => {
    await using a = await agent(bus, "agt_a");
    const heard = await a.hear("_INBOX_agt_a.receipts.>");
    const subject = "andon.events.agt_a.session";
    const foreign = [
      "_INBOX_agt_b.x",
      "andon.events.agt_b.session",
      "_INBOX_agt_a.*",
      "_INBOX_agt_a.>",
      "_INBOX_agt_a.",
      "_INBOX_agt_a",
      "_INBOX_agt_ab.x",
      "_INBOX_agt_a.a..b",
    ];
    for (const to of foreign) await a.say(subject, to, { headers: { "Andon-Receipt": to } });
    await a.say(subject, "asked", { headers: { "andon-receipt": "_INBOX_agt_a.receipts.1" } });
    await using reader = new Reader(bus);
    const deliveries = await reader.take(foreign.length + 1);
    const asked = deliveries.find((delivery) => textOf(delivery) === "asked");
    for (const delivery of deliveries) if (delivery !== asked) assert.equal(delivery.receiptTo, null, textOf(delivery));
    assert.equal(asked?.receiptTo, "_INBOX_agt_a.receipts.1");
    bus.receipt(asked.receiptTo, bytes("stored"));
    await eventually("the receipt arrives", () => heard.length === 1);
    assert.deepEqual(heard, ["stored"]);
  });

  check("a revoked credential's connections are closed and it gets no new one; others go on", async ({ bus }) => {
    const [first, second] = [await credentialOf(bus, "agt_a"), await credentialOf(bus, "agt_a")];
    await using revoked = await connectAgent(first);
    await using kept = await connectAgent(second);
    assert.deepEqual(await bus.revokeCredential(first.user), { kind: "revoked" });
    await revoked.closed;
    await assert.rejects(connectAgent(first), /authorization/i);
    await kept.ask("andon.events.agt_a.session", "still here");
    assert.deepEqual(await bus.revokeCredential(first.user), { kind: "revoked" });
    await using fresh = await agent(bus, "agt_a");
    await fresh.ask("andon.events.agt_a.session", "a new one works");
  });

  check("a revocation survives the server", async ({ bus, killServer }) => {
    const credential = await credentialOf(bus, "agt_a");
    const other = await credentialOf(bus, "agt_b");
    assert.equal((await bus.revokeCredential(credential.user)).kind, "revoked");
    await killServer();
    await eventually("the server is back", async () => (await bus.status()).state === "up");
    await using b = await connectAgent(other);
    await b.ask("andon.events.agt_b.session", "still here");
    await assert.rejects(connectAgent(credential), /authorization/i);
  });

  check("a credential that has expired opens nothing", async ({ bus }) => {
    const expired = await credentialOf(bus, "agt_a", "2026-01-01T00:00:00Z");
    await assert.rejects(connectAgent(expired), /authorization|expired/i);
  });

  check("a credential cannot be made for what is no agent's name", async ({ bus }) => {
    for (const wrong of ["", "*", "agt_a.>", "agt a"]) {
      await assert.rejects(async () => bus.issueCredential(wrong, null), /subject/);
    }
  });
}
