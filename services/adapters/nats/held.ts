import { Match, type Msg, type NatsConnection } from "@nats-io/nats-core";
import type { Delivery } from "../../ports/event-bus.ts";
import { RECEIPT_HEADER, receiptSubject } from "./subjects.ts";

const WORKING = "+WPI";

/**
 * Messages that were delivered and are not settled. The server gives a message again soon after its holder died
 * (`ackWaitMs`); as long as this process lives it says that it is still working, up to `holdMs`.
 */
export class HeldMessages {
  readonly #nc: NatsConnection;
  readonly #holdMs: number;
  readonly #held = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(nc: NatsConnection, ackWaitMs: number, holdMs: number) {
    this.#nc = nc;
    this.#holdMs = holdMs;
    this.#timer = setInterval(() => this.#extend(), ackWaitMs / 3);
  }

  hold(msg: Msg): Delivery {
    const reply = msg.reply ?? "";
    const [, , agentId = "", family = ""] = msg.subject.split(".");
    this.#held.set(reply, Date.now());
    const wanted = msg.headers?.get(RECEIPT_HEADER, Match.IgnoreCase);
    return {
      agentId,
      family,
      payload: msg.data,
      attempt: attemptOf(reply),
      receiptTo: wanted ? receiptSubject(agentId, wanted) : null,
      ack: () => this.#settle(reply, "+ACK"),
      retry: (delayMs) => this.#settle(reply, `-NAK ${JSON.stringify({ delay: Math.max(0, Math.round(delayMs)) * 1_000_000 })}`),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#held.clear();
  }

  #settle(reply: string, word: string): void {
    if (this.#nc.isClosed()) return;
    this.#held.delete(reply);
    this.#nc.publish(reply, word);
  }

  #extend(): void {
    const oldest = Date.now() - this.#holdMs;
    for (const [reply, since] of this.#held) {
      if (since < oldest) this.#held.delete(reply);
      else this.#nc.publish(reply, WORKING);
    }
  }
}

/** From the acknowledgement's subject: `$JS.ACK.<stream>.<consumer>.<attempt>…`, with domain and account in front on newer servers. */
function attemptOf(reply: string): number {
  const parts = reply.split(".");
  return Number.parseInt(parts[parts.length === 9 ? 4 : 6] ?? "1", 10) || 1;
}
