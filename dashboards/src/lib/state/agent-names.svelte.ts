import { SvelteMap } from "svelte/reactivity";
import { api } from "#lib/api.ts";

/** Agents by id, for the screens that only know ids. Asked for once; an unknown id shows as itself. */
class AgentNames {
  readonly #names = new SvelteMap<string, string>();
  readonly #teams = new SvelteMap<string, string>();
  #asked = false;

  get all(): [string, string][] {
    return [...this.#names];
  }

  of = (id: string): string => this.#names.get(id) ?? id;

  /** Undefined: not known. */
  teamOf = (id: string): string | undefined => this.#teams.get(id);

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      let cursor: string | undefined;
      do {
        const page = await api.agents({ limit: 200, cursor });
        for (const agent of page.items) {
          this.#names.set(agent.id, agent.name);
          this.#teams.set(agent.id, agent.team);
        }
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    } catch {
      this.#asked = false;
    }
  }
}

export const agentNames = new AgentNames();
