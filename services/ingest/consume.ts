import type { Delivery, EventBus } from "../ports/event-bus.ts";
import type { Quarantine } from "../ports/quarantine.ts";
import type { Incoming, Receipt } from "./batch.ts";

/** Batches in work at once: one is decided while others are being sealed and written. */
const IN_FLIGHT = 8;
/** Bytes of one batch: enough to share an fsync among thousands of events, little enough to keep all stages busy. */
const BATCH_BYTES = 1024 * 1024;
/** A message that failed alone this often is kept aside, so that it cannot hold up the others for ever. */
const GIVE_UP = 10;

export interface ConsumeDeps {
  readonly bus: EventBus;
  readonly receive: (messages: readonly Incoming[]) => Promise<Receipt[]>;
  readonly quarantine: Quarantine;
  /** Called with what went wrong; the message will be delivered again. */
  readonly failed: (error: unknown, messages: number) => void;
  readonly taken: (messages: number, receipts: readonly Receipt[]) => void;
}

/**
 * From the bus into the event store until the signal aborts. A message is acknowledged only after everything in it is
 * durable; what failed comes back. Waits for the batches in work before it returns.
 */
export async function consume(deps: ConsumeDeps, signal: AbortSignal): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const arrived of deps.bus.deliveries(signal)) {
    for (const batch of portions(arrived)) {
      const work: Promise<void> = take(batch, deps).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= IN_FLIGHT) await Promise.race(running);
    }
  }
  await Promise.all(running);
}

function* portions(deliveries: readonly Delivery[]): Iterable<readonly Delivery[]> {
  let portion: Delivery[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    portion.push(delivery);
    bytes += delivery.payload.length;
    if (bytes < BATCH_BYTES) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

async function take(batch: readonly Delivery[], deps: ConsumeDeps): Promise<void> {
  try {
    await takeIn(batch, deps);
  } catch (error) {
    deps.failed(error, batch.length);
    if (batch.every(({ attempt }) => attempt <= 2)) for (const delivery of batch) delivery.retry(backOff(delivery.attempt));
    else for (const delivery of batch) await takeAlone(delivery, deps);
  }
}

/** After a few failures every message stands for itself, so that one bad message only delays itself. */
async function takeAlone(delivery: Delivery, deps: ConsumeDeps): Promise<void> {
  try {
    await takeIn([delivery], deps);
  } catch (error) {
    if (delivery.attempt >= GIVE_UP) await setAside(delivery, error, deps);
    else delivery.retry(backOff(delivery.attempt));
  }
}

async function takeIn(batch: readonly Delivery[], { bus, receive, taken }: ConsumeDeps): Promise<void> {
  const receipts = await receive(batch);
  taken(batch.length, receipts);
  batch.forEach((delivery, nth) => {
    delivery.ack();
    if (delivery.receiptTo !== null) bus.receipt(delivery.receiptTo, Buffer.from(JSON.stringify(receipts[nth])));
  });
}

async function setAside(delivery: Delivery, error: unknown, { quarantine, failed }: ConsumeDeps): Promise<void> {
  const kind = error instanceof Error ? error.name : "error";
  const refusal = {
    code: "internal",
    reason: `the platform failed on this message ${delivery.attempt} times (${kind}); release it after an upgrade`,
    at: "",
  } as const;
  try {
    await quarantine.enter([
      { agentId: delivery.agentId, door: "nats", refusal, bytes: delivery.payload, contentType: "application/json" },
    ]);
    delivery.ack();
  } catch (unreachable) {
    failed(unreachable, 1);
    delivery.retry(backOff(delivery.attempt));
  }
}

/** 100 ms, doubling to 30 s. */
const backOff = (attempt: number): number => Math.min(30_000, 100 * 2 ** Math.min(attempt - 1, 10));
