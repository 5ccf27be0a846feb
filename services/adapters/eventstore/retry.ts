import { setTimeout } from "node:timers/promises";
import { isPassing } from "./passing.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** How long to try, unless it is ended before. */
export interface Patience {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** Growing pauses between attempts, each at a random point of its second half so that clients do not come back together. */
export class Backoff {
  #pause = FIRST_PAUSE_MS;

  async wait(signal?: AbortSignal): Promise<void> {
    const pause = this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    await setTimeout(pause, undefined, signal ? { signal } : {}).catch(() => {});
  }

  reset(): void {
    this.#pause = FIRST_PAUSE_MS;
  }
}

/** Tries again while the trouble is of a passing kind. For calls that may be made twice. */
export async function retrying<Result>(attempt: () => Promise<Result>, { milliseconds, signal }: Patience): Promise<Result> {
  const backoff = new Backoff();
  const until = performance.now() + milliseconds;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || signal.aborted || performance.now() > until) throw error;
      await backoff.wait(signal);
    }
  }
}
