import { m } from "#lib/paraglide/messages.js";
import { account } from "#lib/state/account.svelte.ts";
import { agentNames } from "#lib/state/agent-names.svelte.ts";
import { peopleNames } from "#lib/state/people-names.svelte.ts";

export const personName = (id: string): string => (account.me?.id === id ? m.you({ name: account.me.name }) : peopleNames.of(id));

/** Who did something, as people read it. */
export function actorName({ kind, id }: { kind: string; id: string }): string {
  if (kind === "human") return personName(id);
  return kind === "agent" ? agentNames.of(id) : id;
}
