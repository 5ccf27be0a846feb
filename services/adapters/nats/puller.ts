import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from "@nats-io/nats-core";
import { CONSUMER, STREAM } from "./subjects.ts";

const BATCH = 1_000;
const BATCH_BYTES = 16 * 1024 * 1024;
const EXPIRES_MS = 30_000;
/** A request that reached a consumer while it was being removed is never answered: silence is what tells. */
const HEARTBEAT_MS = 2_000;
const PAUSE_MS = 500;

export interface PullerOptions {
  readonly nc: NatsConnection;
  /** Called when the stream or its consumer is gone. */
  readonly missing: () => Promise<void>;
}

/**
 * Asks the consumer for messages, one request at a time, limited in number and bytes, and only while little waits here:
 * a slow reader slows the asking, never fills the memory.
 */
export class Puller {
  readonly #options: PullerOptions;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #monitor: NodeJS.Timeout;
  #waiting: Msg[] = [];
  #waitingBytes = 0;
  /** The request that is being served: how many messages it still may bring. */
  #request: { readonly id: string; left: number } | null = null;
  #requests = 0;
  #heardAt = 0;
  #wake: (() => void) | null = null;
  #closed = false;

  constructor(options: PullerOptions) {
    this.#options = options;
    this.#subscription = options.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (!error) this.#received(msg);
      },
    });
    this.#monitor = setInterval(() => this.#checkAlive(), HEARTBEAT_MS / 2);
    this.#pull();
  }

  /** What has arrived since the last call; waits for at least one message. Empty once it is closed. */
  async take(): Promise<readonly Msg[]> {
    while (this.#waiting.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      // Lets what came in the same packets join the batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const taken = this.#empty();
    this.#pull();
    return taken;
  }

  /** The request may have been lost with the connection. */
  reconnected(): void {
    this.#request = null;
    this.#pull();
  }

  /** Stops asking. Gives what nobody has taken. */
  close(): readonly Msg[] {
    if (!this.#closed) {
      this.#closed = true;
      clearInterval(this.#monitor);
      this.#subscription.unsubscribe();
      this.#wake?.();
    }
    return this.#empty();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #empty(): readonly Msg[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return taken;
  }

  #pull(): void {
    if (this.#closed || this.#request || this.#waiting.length >= BATCH || this.#waitingBytes >= BATCH_BYTES) return;
    const { nc } = this.#options;
    this.#request = { id: `${this.#inbox}.${(this.#requests++).toString(36)}`, left: BATCH };
    this.#heardAt = Date.now();
    const request = {
      batch: BATCH,
      // The largest message must fit, or it would never come.
      max_bytes: Math.max(BATCH_BYTES, 2 * (nc.info?.max_payload ?? 0)),
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    };
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${CONSUMER}`, JSON.stringify(request), { reply: this.#request.id });
  }

  #received(msg: Msg): void {
    this.#heardAt = Date.now();
    if (msg.subject.startsWith(this.#inbox)) {
      this.#told(msg);
      return;
    }
    this.#waiting.push(msg);
    this.#waitingBytes += msg.data.length;
    if (this.#request && --this.#request.left === 0) {
      this.#request = null;
      this.#pull();
    }
    this.#wake?.();
    this.#wake = null;
  }

  /** A status instead of a message: alive, the request's end, or trouble. */
  #told(msg: Msg): void {
    const code = msg.headers?.code ?? 0;
    if (code === 100 || this.#request?.id !== msg.subject) return;
    this.#request = null;
    const text = msg.headers?.description ?? "";
    if (code === 404 || code === 408 || /batch completed|maxbytes/i.test(text)) {
      this.#pull();
      return;
    }
    // The consumer was deleted, moved to another server, or nobody answers for it.
    const gone = code === 503 || /deleted|not found/i.test(text);
    // The server says that a consumer is gone while it is still removing its stream: one of the same name that is made in the
    // meantime loses its files to that (seen with 2.9).
    setTimeout(() => {
      void (gone ? this.#options.missing() : Promise.resolve()).catch(() => {}).then(() => this.#pull());
    }, PAUSE_MS);
  }

  #checkAlive(): void {
    if (!this.#request || Date.now() - this.#heardAt < 2.5 * HEARTBEAT_MS) return;
    this.#request = null;
    this.#pull();
  }
}
