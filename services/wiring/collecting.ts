import type { Collecting } from "../api/deps.ts";
import type { Collector } from "../collect/collect.ts";
import type { Incoming, Receipt } from "../ingest/batch.ts";
import type { BusFault } from "../ports/event-bus.ts";

type Receive = (messages: readonly Incoming[]) => Promise<Receipt[]>;

/**
 * The front doors as the API sees them: a bus that cannot take anything now is an answer, not a crash. Whoever wants to
 * wait for the event store is served by the ingester directly, which answers after the same fsync.
 */
export function makeCollecting(collector: Collector, receive: Receive): Collecting {
  return {
    otlp: (agentId, signal, encoding, body, claims) => orUnavailable(collector.otlp(agentId, signal, encoding, body, claims)),
    async cloudEvents(agentId, items, { wait }) {
      if (!wait) return orUnavailable(accepted(collector.cloudEvents(agentId, items)));
      const [receipt] = await receive([{ agentId, payload: Buffer.from(JSON.stringify(items), "utf8") }]);
      if (!receipt) throw new Error("the ingester gave no receipt");
      return {
        kind: "accepted",
        accepted: receipt.stored + receipt.duplicates,
        rejected: receipt.quarantined.map(({ at, code, reason, entryId }) => ({ index: at, code, reason, at: "", quarantineId: entryId })),
        receipt,
      };
    },
  };
}

async function accepted<T extends object>(taken: Promise<T>): Promise<T & { kind: "accepted" }> {
  return { kind: "accepted", ...(await taken) };
}

async function orUnavailable<T>(taken: Promise<T>): Promise<T | { kind: "unavailable"; reason: string }> {
  try {
    return await taken;
  } catch (error) {
    const kind = (error as Partial<BusFault>).kind;
    if (kind !== "full" && kind !== "unreachable") throw error;
    const reason = kind === "full" ? "the bus is full until the ingester catches up" : "the bus cannot be reached";
    return { kind: "unavailable", reason };
  }
}
