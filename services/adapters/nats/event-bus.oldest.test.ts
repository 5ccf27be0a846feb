import { test } from "node:test";
import { eventBusContract } from "../../testing/contracts/event-bus.contract.ts";
import { openLocal } from "../../testing/nats-bus.ts";
import { exactly, oldestServer } from "../../testing/nats-servers.ts";

const server = await oldestServer();
if (server) {
  eventBusContract(`own server ${server.version}`, { open: () => openLocal(server), product: "nats-server", version: exactly(server) });
} else {
  test("own server 2.9", { skip: "this system's package is another version, or there is none" }, () => {});
}
