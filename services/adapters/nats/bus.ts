import { setTimeout as sleep } from "node:timers/promises";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import type { DecisionDoor } from "../../ports/decision-door.ts";
import type { BusStatus, Delivery, EventBus, Issued, Revoked } from "../../ports/event-bus.ts";
import type { LineBroadcast } from "../../ports/line-broadcast.ts";
import type { Access } from "./access.ts";
import { natsDecisionDoor } from "./decision-door.ts";
import { HeldMessages } from "./held.ts";
import { natsLineBroadcast } from "./line-broadcast.ts";
import type { LocalServer } from "./local-server.ts";
import { Publisher } from "./publisher.ts";
import { Puller } from "./puller.ts";
import { readStatus } from "./status.ts";
import { ensureStream, type StreamSettings } from "./stream.ts";
import { eventSubject } from "./subjects.ts";
import { Sweeper } from "./sweeper.ts";

const FLUSH_MS = 2_000;

export interface Parts {
  readonly access: Access;
  /** Stopped with the bus. Null on a cluster of others. */
  readonly server: LocalServer | null;
  readonly stream: StreamSettings;
  readonly holdMs: number;
  readonly publishMs: number;
}

export class NatsEventBus implements EventBus {
  readonly decisions: DecisionDoor;
  readonly lines: LineBroadcast;
  readonly #parts: Parts;
  readonly #nc: NatsConnection;
  readonly #publisher: Publisher;
  readonly #held: HeldMessages;
  readonly #sweeper = new Sweeper(() => this.#jetstream());
  readonly #pullers = new Set<Puller>();
  #manager: Promise<JetStreamManager> | null = null;
  #ensuring: Promise<void> | null = null;
  #connected = true;
  #trouble = "";
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#nc = parts.access.stream;
    this.decisions = natsDecisionDoor(parts.access.agents);
    this.lines = natsLineBroadcast(parts.access.agents);
    this.#held = new HeldMessages(this.#nc, parts.stream.ackWaitMs, parts.holdMs);
    this.#publisher = new Publisher({
      nc: this.#nc,
      connected: () => this.#connected,
      missing: () => this.ensure(),
      deadlineMs: parts.publishMs,
    });
    void this.#watch();
  }

  publish(agentId: string, family: string, payload: Uint8Array, messageId: string): Promise<void> {
    // The window of message ids is one for the whole stream: the agent's name keeps them apart.
    return this.#publisher.publish(eventSubject(agentId, family), payload, `${agentId}:${messageId}`);
  }

  async *deliveries(signal: AbortSignal): AsyncGenerator<readonly Delivery[]> {
    if (signal.aborted) return;
    const puller = new Puller({ nc: this.#nc, missing: () => this.ensure() });
    this.#pullers.add(puller);
    const giveBack = (messages: readonly Msg[]) => {
      for (const msg of messages) this.#held.hold(msg).retry(0);
    };
    const stop = () => giveBack(puller.close());
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        const messages = await puller.take();
        if (puller.closed) {
          giveBack(messages);
          return;
        }
        yield messages.map((msg) => this.#held.hold(msg));
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
      this.#pullers.delete(puller);
    }
  }

  receipt(to: string, payload: Uint8Array): void {
    const { agents } = this.#parts.access;
    if (!agents.isClosed()) agents.publish(to, payload);
  }

  issueCredential(agentId: string, expires: string | null): Promise<Issued> {
    return this.#parts.access.office.issue(agentId, expires);
  }

  revokeCredential(user: string): Promise<Revoked> {
    return this.#parts.access.office.revoke(user);
  }

  status(): Promise<BusStatus> {
    const { access, server, stream } = this.#parts;
    return readStatus({
      nc: this.#nc,
      server,
      maxBytes: stream.maxBytes,
      warnings: access.warnings,
      connected: this.#connected,
      trouble: this.#trouble,
      manager: () => this.#jetstream(),
    });
  }

  /** Creates what is missing. One at a time, however many notice it. */
  ensure(): Promise<void> {
    // A sweep under way is about the stream as it was: on 2.9 it could drop what a new one of the same name has.
    this.#ensuring ??= Promise.all([this.#jetstream(), this.#sweeper.settled()])
      .then(([manager]) => ensureStream(manager, this.#parts.stream, this.#nc.info?.version ?? ""))
      .finally(() => {
        this.#ensuring = null;
      });
    return this.#ensuring;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const puller of this.#pullers) puller.close();
    this.#publisher.close();
    this.#held.close();
    this.#sweeper.close();
    const { stream, agents } = this.#parts.access;
    // Acknowledgements and receipts that were written must leave this process.
    if (this.#connected) await Promise.race([Promise.allSettled([stream.flush(), agents.flush()]), sleep(FLUSH_MS, null, { ref: false })]);
    await agents.close();
    await stream.close();
    await this.#parts.server?.[Symbol.asyncDispose]();
  }

  #jetstream(): Promise<JetStreamManager> {
    this.#manager ??= jetstreamManager(this.#nc, { checkAPI: false, timeout: 3_000 });
    return this.#manager;
  }

  async #watch(): Promise<void> {
    for await (const event of this.#nc.status()) {
      if (event.type === "disconnect") this.#connected = false;
      if (event.type === "error") this.#trouble = event.error.message;
      if (event.type !== "reconnect") continue;
      this.#connected = true;
      this.#trouble = "";
      this.#publisher.reconnected();
      for (const puller of this.#pullers) puller.reconnected();
    }
  }
}
