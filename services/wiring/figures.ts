import type { Receipt } from "../ingest/batch.ts";
import type { Progress } from "../project/project.ts";

/** What the parts have done since the start, for Health. Counts only: nothing that names a person or quotes content. */
export class Figures {
  #messages = 0;
  #stored = 0;
  #duplicates = 0;
  #quarantined = 0;
  #ignored = 0;
  #progress: Progress | null = null;

  ingested(messages: number, receipts: readonly Receipt[]): void {
    this.#messages += messages;
    for (const { stored, duplicates, quarantined } of receipts) {
      this.#stored += stored;
      this.#duplicates += duplicates;
      this.#quarantined += quarantined.length;
    }
  }

  /** Records that mean nothing to us. */
  ignored(names: ReadonlyMap<string, number>): void {
    for (const count of names.values()) this.#ignored += count;
  }

  projected(progress: Progress): void {
    this.#progress = progress;
  }

  get ingest(): Record<string, number> {
    return { messages: this.#messages, stored: this.#stored, duplicates: this.#duplicates, quarantined: this.#quarantined };
  }

  get collect(): Record<string, number> {
    return { ignoredRecords: this.#ignored };
  }

  get projection(): Progress | null {
    return this.#progress;
  }
}
