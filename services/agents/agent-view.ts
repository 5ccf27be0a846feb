import { createHash, timingSafeEqual } from "node:crypto";
import type { StoredEvent } from "../../schemas/event.ts";
import { type AgentState, foldAgent, isLive, sameName } from "../domain/agents.ts";

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
export class AgentView {
  readonly #agents = new Map<string, AgentState>();
  /** Events of each stream that are in the view. */
  readonly #revisions = new Map<string, number>();

  /** Takes each event of a stream once, in order; a repetition changes nothing. */
  apply(event: StoredEvent, stream: string, revision: number): void {
    if (revision !== this.eventsOf(stream)) return;
    this.#revisions.set(stream, revision + 1);
    const state = foldAgent(this.#agents.get(event.subject) ?? null, event);
    if (state) this.#agents.set(state.agentId, state);
  }

  eventsOf(stream: string): number {
    return this.#revisions.get(stream) ?? 0;
  }

  get(agentId: string): AgentState | null {
    return this.#agents.get(agentId) ?? null;
  }

  /** By name. */
  list(): readonly AgentState[] {
    return [...this.#agents.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  nameTaken(name: string, by: string): boolean {
    const wanted = sameName(name);
    return [...this.#agents.values()].some((agent) => agent.agentId !== by && sameName(agent.name) === wanted);
  }

  identify(agentId: string): AgentIdentity | null {
    const agent = this.#agents.get(agentId);
    return agent ? identityOf(agent) : null;
  }

  /** Compares with every key of the agent, in a time that does not depend on which one fits. */
  authenticate(key: string, nowMs: number): (AgentIdentity & { readonly keyId: string }) | null {
    const agentId = agentIn(key);
    const agent = agentId === null ? undefined : this.#agents.get(agentId);
    if (!agent) return null;
    const digest = digestOf(key);
    let keyId: string | null = null;
    for (const known of agent.keys) {
      const fits = timingSafeEqual(digest, Buffer.from(known.sha256, "hex"));
      if (fits && isLive(known, nowMs)) keyId = known.keyId;
    }
    return keyId === null ? null : { ...identityOf(agent), keyId };
  }
}

const ID = /^agt_([a-z2-7]{16})$/;
const KEY = /^andon_([a-z2-7]{16})_[A-Za-z0-9_-]{43}$/;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** @param random 16 bytes */
export const newAgentId = (random: Uint8Array): string =>
  `agt_${Array.from(random.subarray(0, 16), (byte) => LETTERS[byte % 32]).join("")}`;

/** @param random 32 bytes: the secret */
export function newKey(agentId: string, random: Uint8Array): string {
  const part = ID.exec(agentId)?.[1];
  if (part === undefined) throw new Error("not an agent id of this platform");
  return `andon_${part}_${Buffer.from(random.subarray(0, 32)).toString("base64url")}`;
}

export const digestOf = (key: string): Buffer => createHash("sha256").update(key).digest();

function agentIn(key: string): string | null {
  const part = KEY.exec(key)?.[1];
  return part === undefined ? null : `agt_${part}`;
}

const identityOf = ({ agentId, name, team, feature, vendor }: AgentState): AgentIdentity => ({
  agentId,
  agent: name,
  team,
  ...(feature !== null && { feature }),
  ...(vendor !== null && { vendor }),
});
