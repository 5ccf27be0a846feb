/** Tells those who follow a log that there is more, by category. */
export class Wake {
  readonly #told = new Map<string, number>();
  readonly #waiting = new Set<(categories: ReadonlySet<string> | null) => void>();

  /** A number that changes whenever one of the categories gets an event. To be taken before reading. */
  seen(categories: readonly string[] | null): number {
    const counts = categories ? categories.map((category) => this.#told.get(category) ?? 0) : [...this.#told.values()];
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** null wakes everybody. */
  tell(categories: ReadonlySet<string> | null): void {
    for (const category of categories ?? this.#told.keys()) this.#told.set(category, (this.#told.get(category) ?? 0) + 1);
    for (const wake of this.#waiting) wake(categories);
  }

  /** Until one of the categories got an event after `seen` was taken, the signal aborts or the time is over. */
  async wait(seen: number, categories: readonly string[] | null, signal: AbortSignal, milliseconds?: number): Promise<void> {
    if (signal.aborted || this.seen(categories) !== seen) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (told: ReadonlySet<string> | null): void => {
      if (!told || !categories || categories.some((category) => told.has(category))) resolve();
    };
    const end = (): void => resolve();
    const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
    this.#waiting.add(wake);
    signal.addEventListener("abort", end);
    await promise;
    signal.removeEventListener("abort", end);
    this.#waiting.delete(wake);
    clearTimeout(timer);
  }
}
