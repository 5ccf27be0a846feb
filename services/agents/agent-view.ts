import { type AgentState, foldAgent } from "../domain/people/agents.ts";
import { newPart, newSecret, openedBy, partIn } from "../domain/people/credential.ts";
import { byName, sameName } from "../domain/same-name.ts";
import { FoldedView } from "../folded-view.ts";

/** Who is behind a key: the part that ingest and attribution need. */
export interface AgentIdentity {
  readonly agentId: string;
  /** The agent's name. */
  readonly agent: string;
  readonly team: string;
  readonly feature?: string;
  readonly vendor?: string;
}

/** All agents as the event store has them, in memory. */
export class AgentView extends FoldedView<AgentState> {
  constructor() {
    super(foldAgent);
  }

  /** By name. */
  list(): readonly AgentState[] {
    return this.values().toSorted(byName);
  }

  nameTaken(name: string, by: string): boolean {
    const wanted = sameName(name);
    return this.values().some((agent) => agent.agentId !== by && sameName(agent.name) === wanted);
  }

  identify(agentId: string): AgentIdentity | null {
    const agent = this.get(agentId);
    return agent && identityOf(agent);
  }

  authenticate(key: string, nowMs: number): (AgentIdentity & { readonly keyId: string }) | null {
    const part = partIn(KEY, key);
    const agent = part === null ? null : this.get(`${ID}${part}`);
    const opened = agent && openedBy(agent.keys, key, nowMs);
    return agent && opened && { ...identityOf(agent), keyId: opened.keyId };
  }
}

const ID = "agt_";
const KEY = "andon";

/** @param random 16 bytes */
export const newAgentId = (random: Uint8Array): string => `${ID}${newPart(random)}`;

/** @param random 32 bytes: the secret */
export const newKey = (agentId: string, random: Uint8Array): string => newSecret(KEY, agentId.slice(ID.length), random);

const identityOf = ({ agentId, name, team, feature, vendor }: AgentState): AgentIdentity => ({
  agentId,
  agent: name,
  team,
  ...(feature !== null && { feature }),
  ...(vendor !== null && { vendor }),
});
