/** A question to the platform and the state of its answer. */
export class Query<T> {
  /** The newest answer. Stays while the next one is on its way, so that nothing jumps. */
  value = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(true);
  #asked = $state(0);

  /** Asks again. */
  refresh = (): void => {
    this.#asked += 1;
  };

  /** Runs inside an effect: whatever `ask` reads before it waits is asked about again when it changes. */
  run(ask: (signal: AbortSignal) => Promise<T>): () => void {
    void this.#asked;
    const controller = new AbortController();
    this.loading = true;
    ask(controller.signal).then(
      (value) => {
        if (controller.signal.aborted) return;
        this.value = value;
        this.error = null;
        this.loading = false;
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        this.error = error;
        this.loading = false;
      },
    );
    return () => controller.abort();
  }
}

/** For a component: asks now, and again whenever something changes that the question depends on. */
export function query<T>(ask: (signal: AbortSignal) => Promise<T>): Query<T> {
  const made = new Query<T>();
  $effect(() => made.run(ask));
  return made;
}
