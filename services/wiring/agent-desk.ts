import type { Agent, AgentSecret, VendorSettings } from "../../schemas/api.ts";
import type { AgentRegistry, KeyAnswer } from "../agents/registry.ts";
import type { AgentDesk, Declined, Outcome } from "../api/deps.ts";
import type { Actor } from "../domain/envelope.ts";
import type { AgentRefusal, AgentState } from "../domain/people/agents.ts";
import { vendorSettings } from "../kit/vendor-settings.ts";
import type { AgentActivity } from "../project/queries/agents.ts";

interface Parts {
  readonly registry: AgentRegistry;
  /** By agent id, and how fresh that is. */
  readonly activity: () => Promise<{ readonly byAgent: ReadonlyMap<string, AgentActivity>; readonly asOf: string | null }>;
}

const PLACEHOLDER = "<the agent's key>";

/** Agents for people: the registry joined with what was heard of each, and settings to paste. */
export function makeAgentDesk({ registry, activity }: Parts): AgentDesk {
  const show = async (state: AgentState): Promise<Agent> => agentOf(state, (await activity()).byAgent.get(state.agentId));

  const secret = async (answer: KeyAnswer, origin: string): Promise<Outcome<AgentSecret>> => {
    if (answer.kind !== "issued") return declined(answer);
    const { agent, key, keyId, nats } = answer;
    return {
      kind: "ok",
      value: {
        agent: await show(agent),
        key,
        keyId,
        nats: nats && { ...nats, servers: [...nats.servers] },
        settings: settingsOf(agent, key, origin),
      },
    };
  };

  return {
    authenticate: (key) => registry.authenticate(key),
    async list({ limit, cursor, team }) {
      const { byAgent, asOf } = await activity();
      const all = registry.list().filter((agent) => team === undefined || agent.team === team);
      const start = cursor === null ? 0 : all.findIndex(({ agentId }) => agentId === cursor) + 1;
      const page = all.slice(start, start + limit);
      const next = start + limit < all.length ? (page.at(-1)?.agentId ?? null) : null;
      return { items: page.map((state) => agentOf(state, byAgent.get(state.agentId))), next, asOf };
    },
    async get(id) {
      const state = registry.get(id);
      return state && show(state);
    },
    async register({ expires, ...agent }, actor, origin) {
      const registered = await registry.register(agent, actor);
      if (registered.kind !== "done") return declined(registered);
      return secret(await registry.issueKey(registered.agent.agentId, expires ?? null, actor), origin);
    },
    async change(id, change, actor) {
      const answer = await registry.change(id, change, actor);
      return answer.kind === "done" ? { kind: "ok", value: await show(answer.agent) } : declined(answer);
    },
    issueKey: async (id, expires, actor: Actor, origin) => secret(await registry.issueKey(id, expires, actor), origin),
    async revokeKey(id, keyId, reason, actor) {
      const answer = await registry.revokeKey(id, keyId, reason, actor);
      return answer.kind === "revoked" ? { kind: "ok", value: await show(answer.agent) } : declined(answer);
    },
    async settings(id, origin) {
      const state = registry.get(id);
      if (!state) return { kind: "not_found", reason: "no agent has this id" };
      return { kind: "ok", value: settingsOf(state, PLACEHOLDER, origin) };
    },
  };
}

function settingsOf(state: AgentState, key: string, origin: string): VendorSettings[] {
  return vendorSettings({ endpoint: origin, key, team: state.team, feature: state.feature });
}

function agentOf(state: AgentState, heard: AgentActivity | undefined): Agent {
  return {
    id: state.agentId,
    name: state.name,
    team: state.team,
    feature: state.feature,
    vendor: state.vendor,
    registeredAt: state.registeredAt,
    lastHeardAt: heard?.lastHeardAt ?? null,
    vendorsSeen: [...(heard?.vendorsSeen ?? [])],
    sessions: heard?.sessions ?? 0,
    keys: state.keys.map(({ keyId, issuedAt, expires, revokedAt }) => ({ keyId, issuedAt, expires, revokedAt })),
  };
}

function declined({ kind, reason }: AgentRefusal): Declined {
  switch (kind) {
    case "unknown_agent":
    case "unknown_key":
      return { kind: "not_found", reason };
    case "taken":
    case "name_taken":
    case "too_many":
      return { kind: "conflict", reason };
    case "invalid":
      return { kind: "invalid", reason };
  }
}
