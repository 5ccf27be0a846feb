import { checkCrashes } from "./event-bus.crashes.ts";
import { checkCredentials } from "./event-bus.credentials.ts";
import { checkDelivery } from "./event-bus.delivery.ts";
import type { OpenedBus } from "./event-bus.opened.ts";
import { type Skips, suite } from "./suite.ts";

export interface EventBusUnderTest {
  readonly open: () => Promise<OpenedBus>;
  readonly product: string;
  readonly version: RegExp;
  readonly skips?: Skips;
}

export function eventBusContract(adapter: string, { open, product, version, skips = {} }: EventBusUnderTest): void {
  suite(`event bus: ${adapter}`, skips, open, (check) => {
    checkDelivery(check, product, version);
    checkCredentials(check);
    checkCrashes(check);
  });
}
