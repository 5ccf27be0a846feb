import type { JetStreamManager } from "@nats-io/jetstream";
import { CONSUMER, STREAM } from "./subjects.ts";

const EVERY_MS = 1_000;

/**
 * Drops what is acknowledged, up to the first message that is not. The server's own work-queue retention drops each message
 * by itself. With `sync_interval: always` every single drop then waits for the disk, so that acknowledging is as slow as
 * publishing, about twenty times slower than this; and 2.9 forgets drops when it is killed and keeps such messages for
 * ever. One purge a second drops thousands at once. A crash in between only leaves them a little longer: the consumer knows
 * that they are done.
 */
export class Sweeper {
  readonly #manager: () => Promise<JetStreamManager>;
  readonly #timer: NodeJS.Timeout;
  #floor = 0;
  #sweeping: Promise<void> | null = null;

  constructor(manager: () => Promise<JetStreamManager>) {
    this.#manager = manager;
    this.#timer = setInterval(() => {
      this.#sweeping ??= this.#sweep().finally(() => {
        this.#sweeping = null;
      });
    }, EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Resolves when no sweep is under way. */
  async settled(): Promise<void> {
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      const manager = await this.#manager();
      const { ack_floor } = await manager.consumers.info(STREAM, CONSUMER);
      if (ack_floor.stream_seq === this.#floor) return;
      await manager.streams.purge(STREAM, { seq: ack_floor.stream_seq + 1 });
      this.#floor = ack_floor.stream_seq;
    } catch {
      // No answer now: the next second is as good.
    }
  }
}
