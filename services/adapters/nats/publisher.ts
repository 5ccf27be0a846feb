import { createInbox, headers, type Msg, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { BusError } from "./bus-error.ts";

/** More in flight only adds latency. */
const WINDOW = 512;
const WINDOW_BYTES = 32 * 1024 * 1024;
/** What may wait in memory for a place in the window. */
const QUEUE_BYTES = 128 * 1024 * 1024;
const RESEND_MS = 4_000;
const SWEEP_MS = 200;

const STORE_FAILED = 10_077;
const STORAGE_EXCEEDED = 10_047;
const MESSAGE_TOO_LARGE = 10_054;

interface Outgoing {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: BusError) => void;
  sentAt: number;
}

interface Answer {
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
}

export interface PublisherOptions {
  readonly nc: NatsConnection;
  readonly connected: () => boolean;
  /** Called when nobody answers for the stream: it is missing, or not ready yet. */
  readonly missing: () => Promise<void>;
  readonly deadlineMs: number;
}

/**
 * Publishes many messages at once over one reply subject, and sends again what was not acknowledged: after a reconnect,
 * after silence, after "no such stream". The message id makes the repetition harmless.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #inbox = createInbox();
  readonly #sent = new Map<string, Outgoing>();
  readonly #queue: Outgoing[] = [];
  #sentBytes = 0;
  #queuedBytes = 0;
  #next = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: PublisherOptions) {
    this.#options = options;
    options.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (!error) this.#answered(msg);
      },
    });
  }

  publish(subject: string, payload: Uint8Array, messageId: string): Promise<void> {
    const limit = this.#options.nc.info?.max_payload;
    if (limit !== undefined && payload.length + 512 > limit) {
      const error = new BusError(
        "too_large",
        `a message of ${payload.length} bytes is over the bus' limit of ${limit}; send smaller batches`,
      );
      return Promise.reject(error);
    }
    if (this.#queuedBytes + payload.length > QUEUE_BYTES) {
      return Promise.reject(new BusError("full", "too much waits for the bus in memory; try again in a few seconds"));
    }
    const head = headers();
    head.set("Nats-Msg-Id", messageId);
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.#options.deadlineMs;
      this.#queue.push({ subject, payload, headers: head, deadline, resolve, reject, sentAt: 0 });
      this.#queuedBytes += payload.length;
      this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
      this.#fill();
    });
  }

  /** Everything that was under way when the connection broke is sent again. */
  reconnected(): void {
    for (const [id, message] of this.#sent) this.#send(id, message);
    this.#fill();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const left = [...this.#sent.values(), ...this.#queue.splice(0)];
    this.#sent.clear();
    this.#sentBytes = 0;
    this.#queuedBytes = 0;
    for (const message of left) message.reject(new BusError("unreachable", "the platform stops; send the message again later"));
  }

  #fill(): void {
    if (!this.#options.connected()) return;
    while (this.#queue.length > 0 && this.#sent.size < WINDOW && this.#sentBytes < WINDOW_BYTES) {
      const message = this.#queue.shift() as Outgoing;
      const id = (this.#next++).toString(36);
      this.#queuedBytes -= message.payload.length;
      this.#sentBytes += message.payload.length;
      this.#sent.set(id, message);
      this.#send(id, message);
    }
  }

  #send(id: string, message: Outgoing): void {
    message.sentAt = Date.now();
    this.#options.nc.publish(message.subject, message.payload, { headers: message.headers, reply: `${this.#inbox}.${id}` });
  }

  #answered(msg: Msg): void {
    const id = msg.subject.slice(this.#inbox.length + 1);
    const message = this.#sent.get(id);
    if (!message) return;
    if (msg.headers?.code === 503) {
      void this.#options.missing().catch(() => {});
      this.#later(message);
      return;
    }
    const { error } = msg.json<Answer>();
    if (!error) this.#settle(id, message, null);
    else if (error.err_code === MESSAGE_TOO_LARGE)
      this.#settle(id, message, new BusError("too_large", `the bus refused the message: ${error.description}`));
    else if (isFull(error))
      this.#settle(id, message, new BusError("full", "the bus is full: events arrive faster than they are stored; try again later"));
    else this.#later(message);
  }

  /** The sweep sends it again, until its deadline. */
  #later(message: Outgoing): void {
    message.sentAt = Date.now() - RESEND_MS + SWEEP_MS;
  }

  #settle(id: string, message: Outgoing, error: BusError | null): void {
    this.#sent.delete(id);
    this.#sentBytes -= message.payload.length;
    if (error) message.reject(error);
    else message.resolve();
    this.#fill();
  }

  #sweep(): void {
    const now = Date.now();
    const late = () => new BusError("unreachable", "the bus did not store the message in time; send it again later");
    while (this.#queue[0] && this.#queue[0].deadline < now) {
      const message = this.#queue.shift() as Outgoing;
      this.#queuedBytes -= message.payload.length;
      message.reject(late());
    }
    for (const [id, message] of this.#sent) {
      if (message.deadline < now) this.#settle(id, message, late());
      else if (this.#options.connected() && now - message.sentAt >= RESEND_MS) this.#send(id, message);
    }
    if (this.#sent.size === 0 && this.#queue.length === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}

const isFull = ({ err_code, description = "" }: NonNullable<Answer["error"]>): boolean =>
  err_code === STORAGE_EXCEEDED || (err_code === STORE_FAILED && /maximum|resource|no space/i.test(description));
