import type { EventBus } from "../../ports/event-bus.ts";

/** What one test of the contract works on. */
export interface OpenedBus extends AsyncDisposable {
  /** Open, and empty. Delivers again soon: see `tuning`. */
  readonly bus: EventBus;
  /** A second platform process on the same servers where that is possible. */
  another(): Promise<EventBus>;
  /** kill -9 of the server. It comes back by itself. */
  killServer(): Promise<void>;
  /** What an operator can do by mistake: the stream and all that waits in it is gone. */
  dropStream(): Promise<void>;
}

/** The suite waits for redelivery, so it must come soon. */
export const tuning = { ackWaitMs: 600, holdMs: 1_200, publishMs: 8_000, maxBytes: 12 * 1024 * 1024 } as const;

export type Check = (title: string, body: (opened: OpenedBus) => Promise<void>) => void;
