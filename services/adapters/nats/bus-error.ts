import type { BusFault } from "../../ports/event-bus.ts";

export class BusError extends Error implements BusFault {
  readonly kind: BusFault["kind"];

  constructor(kind: BusFault["kind"], message: string) {
    super(message);
    this.name = "BusError";
    this.kind = kind;
  }
}
