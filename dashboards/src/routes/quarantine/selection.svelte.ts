import { SvelteSet } from "svelte/reactivity";

/** Which rows are chosen. With shift, everything from the last one chosen. */
export class Selection {
  readonly ids = new SvelteSet<string>();
  #last: string | null = null;

  toggle(id: string, order: readonly string[], range: boolean): void {
    const from = this.#last === null ? -1 : order.indexOf(this.#last);
    const to = order.indexOf(id);
    const on = !this.ids.has(id);
    const chosen = range && from >= 0 && to >= 0 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
    for (const one of chosen) {
      if (on) this.ids.add(one);
      else this.ids.delete(one);
    }
    this.#last = id;
  }

  set(ids: readonly string[]): void {
    this.ids.clear();
    for (const id of ids) this.ids.add(id);
  }

  /** Forgets what is not on the screen any more. */
  keep(ids: readonly string[]): void {
    const known = new Set(ids);
    for (const id of this.ids) if (!known.has(id)) this.ids.delete(id);
  }
}
