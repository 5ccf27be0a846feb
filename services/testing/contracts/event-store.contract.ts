import { checkAppending } from "./event-store.appending.ts";
import { checkClosing } from "./event-store.closing.ts";
import { checkFollowing } from "./event-store.following.ts";
import type { Opened } from "./event-store.opened.ts";
import { checkReading } from "./event-store.reading.ts";
import { type Skips, suite } from "./suite.ts";

export interface EventStoreUnderTest {
  readonly open: () => Promise<Opened>;
  /** What `identify` must answer: proof that the suite reached the engine it claims to test. */
  readonly product: string;
  readonly version: RegExp;
  readonly skips?: Skips;
}

export function eventStoreContract(adapter: string, { open, product, version, skips = {} }: EventStoreUnderTest): void {
  suite(`event store: ${adapter}`, skips, open, (check) => {
    checkAppending(check);
    checkReading(check);
    checkFollowing(check);
    checkClosing(check, product, version);
  });
}
