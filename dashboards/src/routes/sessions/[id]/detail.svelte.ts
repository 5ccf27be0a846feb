import { api } from "#lib/api.ts";
import type { SessionDetail, SessionSummary, TimelineStep } from "../../../../../schemas/api.ts";

const PAGE = 500;

/** One session with its steps, as far as they are loaded. */
export class Detail {
  session = $state.raw<SessionSummary | null>(null);
  sources = $state.raw<SessionDetail["sources"]>([]);
  steps = $state.raw<TimelineStep[]>([]);
  next = $state<string | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(true);
  loadingMore = $state(false);
  /** Events that arrived since. */
  unseen = $state(0);
  #asked = $state(0);
  #pages = 1;
  #of: { id: string; agent: string | null } = { id: "", agent: null };
  #controller = new AbortController();

  refresh = (): void => {
    this.#asked += 1;
  };

  run(id: string, agent: string | null): () => void {
    void this.#asked;
    if (id !== this.#of.id || agent !== this.#of.agent) {
      this.#of = { id, agent };
      this.#pages = 1;
    }
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.loading = true;
    this.#load(controller.signal).catch((error: unknown) => {
      if (controller.signal.aborted) return;
      this.error = error;
      this.loading = false;
    });
    return () => controller.abort();
  }

  more = async (): Promise<void> => {
    const { signal } = this.#controller;
    if (this.next === null || this.loadingMore) return;
    this.loadingMore = true;
    try {
      const page = await this.#ask(this.next, signal);
      if (signal.aborted) return;
      this.steps = [...this.steps, ...page.steps];
      this.next = page.next;
      this.#pages += 1;
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      this.loadingMore = false;
    }
  };

  /** As many pages as were loaded before, so that the reader stays where they are. */
  async #load(signal: AbortSignal): Promise<void> {
    let page = await this.#ask(undefined, signal);
    const { session, sources } = page;
    const steps = [...page.steps];
    for (let count = 1; count < this.#pages && page.next !== null; count += 1) {
      page = await this.#ask(page.next, signal);
      steps.push(...page.steps);
    }
    if (signal.aborted) return;
    this.session = session;
    this.sources = sources;
    this.steps = steps;
    this.next = page.next;
    this.error = null;
    this.loading = false;
    this.unseen = 0;
  }

  #ask(cursor: string | undefined, signal: AbortSignal): Promise<SessionDetail> {
    return api.session(this.#of.id, { agent: this.#of.agent, cursor, limit: PAGE }, signal);
  }
}
