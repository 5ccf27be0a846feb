import { eventBusContract } from "../../testing/contracts/event-bus.contract.ts";
import { openLocal } from "../../testing/nats-bus.ts";
import { exactly, newestServer } from "../../testing/nats-servers.ts";

const server = await newestServer();
eventBusContract(`own server ${server.version}`, { open: () => openLocal(server), product: "nats-server", version: exactly(server) });
