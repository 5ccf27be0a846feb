import type { Approval } from "../domain/approval/state.ts";

/** Whoever waits for an approval: released at once when it does not wait any more. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves when the approval is settled or the signal aborts. */
  async wait(approvalId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const all = this.#waiting.get(approvalId) ?? new Set();
    this.#waiting.set(approvalId, all.add(release));
    const onAbort = (): void => release();
    signal.addEventListener("abort", onAbort);
    await promise;
    signal.removeEventListener("abort", onAbort);
    all.delete(release);
    if (all.size === 0 && this.#waiting.get(approvalId) === all) this.#waiting.delete(approvalId);
  }

  changed({ approvalId, status }: Approval): void {
    if (status !== "waiting") for (const release of this.#waiting.get(approvalId) ?? []) release();
  }

  releaseAll(): void {
    for (const all of this.#waiting.values()) for (const release of all) release();
  }
}
