import type { EventStore } from "../../ports/event-store.ts";

/** What one test of the contract works on. */
export interface Opened extends AsyncDisposable {
  /** Two ways to the same empty store: two clients where the engine takes several, else the same one twice. */
  readonly stores: readonly [EventStore, EventStore];
  /** Closes and opens again; what was acknowledged must be there. */
  reopen(): Promise<EventStore>;
}

export type Check = (title: string, body: (opened: Opened) => Promise<void>) => void;
