import assert from "node:assert/strict";
import type { Delivery, EventBus } from "../../ports/event-bus.ts";

/** Several times what the slowest recovery takes (silence of 2.5 heartbeats, then a new stream), on a busy machine. */
const PATIENCE_MS = 40_000;

/** Reads deliveries in the background and hands them out one by one. */
export class Reader implements AsyncDisposable {
  readonly batches: number[] = [];
  readonly #stop = new AbortController();
  readonly #waiting: Delivery[] = [];
  readonly #done: Promise<void>;
  #wake: () => void = () => {};

  constructor(bus: EventBus) {
    this.#done = this.#read(bus);
  }

  /** The next `count`; fails when they do not come. */
  async take(count: number): Promise<Delivery[]> {
    const taken: Delivery[] = [];
    const deadline = Date.now() + PATIENCE_MS;
    while (taken.length < count) {
      const next = this.#waiting.shift();
      if (next) taken.push(next);
      else await this.#more(deadline, `${taken.length} of ${count} messages arrived`);
    }
    return taken;
  }

  async one(): Promise<Delivery> {
    return (await this.take(1))[0] as Delivery;
  }

  /** Acknowledges what has arrived and was not taken: repetitions, after a crash. */
  ackAll(): void {
    for (const delivery of this.#waiting.splice(0)) delivery.ack();
  }

  /** What has arrived and was not taken. */
  get left(): readonly Delivery[] {
    return this.#waiting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #read(bus: EventBus): Promise<void> {
    for await (const batch of bus.deliveries(this.#stop.signal)) {
      this.batches.push(batch.length);
      this.#waiting.push(...batch);
      this.#wake();
    }
  }

  async #more(deadline: number, problem: string): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const arrived = new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
      late = setTimeout(() => resolve(false), Math.max(0, deadline - Date.now()));
    });
    assert.ok(await arrived, problem);
    clearTimeout(late);
  }
}

export const textOf = ({ payload }: Delivery): string => Buffer.from(payload).toString("utf8");

/** Waits until it holds; fails when it never does. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await pause(25);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
