import type { Draft, Translation } from "../draft.ts";
import type { Findings } from "../vendor.ts";

/** Names of ignored records become labels of a counter: short, few, and never a sentence that somebody wrote. */
const LABEL = /^[\w.:/-]+( [\w.:/-]+){0,5}$/;
const LONGEST_LABEL = 100;
const MOST_LABELS = 100;

/** Gathers what the translators of one body find. */
export class Gathering {
  readonly #drafts: Draft[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #refused: Translation["refused"][number][] = [];

  /** The findings of one vendor's records. */
  of(vendor: string): Findings {
    return {
      draft: (draft) => this.#drafts.push({ ...draft, vendor }),
      ignore: (name) => this.#ignore(name),
      refuse: (reason, at, record) => this.refuse(reason, at, record),
    };
  }

  refuse(reason: string, at: string, record: unknown): void {
    this.#refused.push({ reason, at, record });
  }

  #ignore(name: string): void {
    const known = this.#ignored.get(name);
    const fits = known !== undefined || (name.length <= LONGEST_LABEL && LABEL.test(name) && this.#ignored.size < MOST_LABELS);
    const label = fits ? name : "other";
    this.#ignored.set(label, (this.#ignored.get(label) ?? 0) + 1);
  }

  translation(): Translation {
    return { drafts: this.#drafts, ignored: this.#ignored, refused: this.#refused };
  }
}
