import { untrack } from "svelte";

export interface CursorPage<T> {
  items: T[];
  next: string | null;
  asOf: string | null;
}

type Ask<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<CursorPage<T>>;

/**
 * A list that comes page by page and knows what has arrived since. Rows that are on the screen take new values where
 * they stand; new rows are only counted until the reader asks for them, so that nothing moves under the eyes.
 */
export class Pages<T> {
  items = $state.raw<T[]>([]);
  next = $state<string | null>(null);
  asOf = $state<string | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(true);
  loadingMore = $state(false);
  /** An answer has come, so that an empty list means that there is nothing. */
  ready = $state(false);
  /** Rows that arrived since and are not shown yet. */
  unseen = $state(0);
  #asked = $state(0);
  #ask: Ask<T> = () => Promise.reject(new Error("not asked yet"));
  #controller = new AbortController();
  readonly #idOf: (item: T) => string;

  constructor(idOf: (item: T) => string) {
    this.#idOf = idOf;
  }

  refresh = (): void => {
    this.#asked += 1;
  };

  run(ask: Ask<T>): () => void {
    void this.#asked;
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#ask = ask;
    this.loading = true;
    ask(undefined, controller.signal).then(
      (page) => {
        if (controller.signal.aborted) return;
        this.items = page.items;
        this.next = page.next;
        this.asOf = page.asOf;
        this.unseen = 0;
        this.error = null;
        this.loading = false;
        this.ready = true;
      },
      (error: unknown) => this.#failed(error, controller.signal),
    );
    return () => controller.abort();
  }

  /** The next page, after the ones that are shown. */
  more = async (): Promise<void> => {
    const { signal } = this.#controller;
    if (this.next === null || this.loadingMore) return;
    this.loadingMore = true;
    try {
      const page = await this.#ask(this.next, signal);
      if (signal.aborted) return;
      const known = new Set(this.items.map(this.#idOf));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(this.#idOf(item)))];
      this.next = page.next;
      this.error = null;
    } catch (error) {
      this.#failed(error, signal);
    } finally {
      this.loadingMore = false;
    }
  };

  /** Takes rows away that are known to be gone, before the platform's lists know it. */
  remove(ids: readonly string[]): void {
    const gone = new Set(ids);
    this.items = this.items.filter((item) => !gone.has(this.#idOf(item)));
  }

  /** Looks at the newest page without moving anything. */
  peek = async (): Promise<void> => {
    const { signal } = this.#controller;
    if (!this.ready || this.loading) return;
    try {
      const page = await untrack(() => this.#ask(undefined, signal));
      if (signal.aborted) return;
      const fresh = new Map(page.items.map((item) => [this.#idOf(item), item]));
      this.items = this.items.map((item) => fresh.get(this.#idOf(item)) ?? item);
      const known = new Set(this.items.map(this.#idOf));
      this.unseen = page.items.filter((item) => !known.has(this.#idOf(item))).length;
      this.asOf = page.asOf;
    } catch {
      // The next message tries again; what is shown stays, with the moment it is from.
    }
  };

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.error = error;
    this.loading = false;
  }
}

export function pages<T>(idOf: (item: T) => string, ask: Ask<T>): Pages<T> {
  const made = new Pages(idOf);
  $effect(() => made.run(ask));
  return made;
}
