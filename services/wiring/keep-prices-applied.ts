import { setTimeout as sleep } from "node:timers/promises";
import { applyPrices } from "../cost/apply-prices.ts";
import type { LivePrices } from "../cost/live-prices.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { Log } from "../telemetry.ts";

/** A change is looked for this often, and followed by every ingester well within the time to settle. */
const LOOK_MS = 500;
const SETTLE_MS = 2_000;

interface Parts {
  readonly store: EventStore;
  readonly prices: LivePrices;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Corrects past costs whenever prices change, and after a start what a crash left undone. Runs until the signal aborts. */
export async function keepPricesApplied({ store, prices, log, signal }: Parts): Promise<void> {
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});
  let applied = -1;
  while (!signal.aborted) {
    const { version } = prices.book;
    if (version !== applied) {
      // Prices come in groups: rows that belong together are applied together.
      await rest(LOOK_MS);
      if (prices.book.version !== version) continue;
      const answer = await applyPrices(store, { now: () => new Date().toISOString(), settled: () => rest(SETTLE_MS), signal });
      if (signal.aborted) return;
      if (answer.kind === "applied") {
        const { changes, checked, corrected, unpriced, pico } = answer;
        log("info", "past costs were corrected by changed prices", { changes, checked, corrected, unpriced, pico: String(pico) });
      }
      applied = version;
    }
    await rest(LOOK_MS);
  }
}
