import { eventBusContract } from "../../testing/contracts/event-bus.contract.ts";
import { openCluster } from "../../testing/nats-bus.ts";
import { exactly, newestServer } from "../../testing/nats-servers.ts";

const server = await newestServer();
eventBusContract(`a cluster's server ${server.version}`, {
  open: () => openCluster(server),
  product: "nats-server",
  version: exactly(server),
});
