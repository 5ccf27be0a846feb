import type { StoredEvent } from "../schemas/event.ts";
import type { StreamView } from "./stream-recorder.ts";

/** All streams of one category, each folded to its state, in memory. A state is found by the subject of its events. */
export class FoldedView<State> implements StreamView {
  readonly #states = new Map<string, State>();
  readonly #revisions = new Map<string, number>();
  readonly #fold: (state: State | null, event: StoredEvent) => State | null;

  constructor(fold: (state: State | null, event: StoredEvent) => State | null) {
    this.#fold = fold;
  }

  apply(event: StoredEvent, stream: string, revision: number): void {
    if (revision !== this.eventsOf(stream)) return;
    this.#revisions.set(stream, revision + 1);
    const state = this.#fold(this.get(event.subject), event);
    if (state !== null) this.#states.set(event.subject, state);
  }

  eventsOf(stream: string): number {
    return this.#revisions.get(stream) ?? 0;
  }

  get(subject: string): State | null {
    return this.#states.get(subject) ?? null;
  }

  values(): readonly State[] {
    return [...this.#states.values()];
  }
}
