import { SvelteMap } from "svelte/reactivity";
import { api } from "#lib/api.ts";

/** People by id, for the screens that only know ids. Asked for once; an unknown id shows as itself. */
class PeopleNames {
  readonly #names = new SvelteMap<string, string>();
  #asked = false;

  of = (id: string): string => this.#names.get(id) ?? id;

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      let cursor: string | undefined;
      do {
        const page = await api.people({ limit: 200, cursor });
        for (const person of page.items) this.#names.set(person.id, person.name);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    } catch {
      this.#asked = false;
    }
  }
}

export const peopleNames = new PeopleNames();
