import type { NatsConnection } from "@nats-io/nats-core";
import type { LineBroadcast } from "../../ports/line-broadcast.ts";
import { lineSubject } from "./subjects.ts";

/** Tells the runtimes on the connection that is among the agents. Whoever is not connected asks for the state when it is. */
export function natsLineBroadcast(agents: NatsConnection): LineBroadcast {
  return {
    async send(message) {
      if (agents.isClosed()) throw new Error("the bus is closed");
      agents.publish(lineSubject(message.scope), JSON.stringify(message));
      // A flush is the server's word that it has it.
      await agents.flush();
    },
  };
}
