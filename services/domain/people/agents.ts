import type { TObject } from "typebox";
import { AgentChanged, AgentKeyIssued, AgentKeyRevoked, AgentRegistered } from "../../../schemas/agent.ts";
import type { DataOf, EventSchema } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import { dataOf, type Fact, factOf } from "../fact.ts";
import { type Credential, notIssued } from "./credential.ts";

export interface AgentKey extends Credential {
  readonly keyId: string;
  /** Public NATS user key whose credentials were handed out with it. */
  readonly natsUser: string | null;
}

/** Where one agent's stream stands. */
export interface AgentState {
  readonly agentId: string;
  readonly name: string;
  readonly team: string;
  readonly feature: string | null;
  readonly vendor: string | null;
  readonly registeredAt: string;
  readonly keys: readonly AgentKey[];
}

export type AgentCommand =
  | ({ readonly kind: "register" } & DataOf<typeof AgentRegistered>)
  | ({ readonly kind: "change" } & DataOf<typeof AgentChanged>)
  | ({ readonly kind: "issue_key" } & DataOf<typeof AgentKeyIssued>)
  | ({ readonly kind: "revoke_key" } & DataOf<typeof AgentKeyRevoked>);

/** What a decision needs to know beyond the agent's own stream. */
export interface Circumstances {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly by: Actor;
  readonly nameTaken: boolean;
}

export type AgentRefusal = {
  readonly kind: "unknown_agent" | "unknown_key" | "taken" | "name_taken" | "too_many" | "invalid";
  readonly reason: string;
};

/** Acts, stays quiet (what is wanted is so already), or refuses. */
export type AgentDecision = { readonly kind: "acts"; readonly fact: Fact } | { readonly kind: "quiet" } | AgentRefusal;

const UNKNOWN: AgentRefusal = { kind: "unknown_agent", reason: "no agent has this id; `andon agents list` shows those there are" };
const NAME_TAKEN: AgentRefusal = { kind: "name_taken", reason: "another agent has this name; choose one that tells them apart" };

/** @param state null: nothing is known of this agent */
export function decideAgent(state: AgentState | null, command: AgentCommand, now: Circumstances): AgentDecision {
  const { kind, ...data } = command;
  switch (kind) {
    case "register":
      return register(state, data as DataOf<typeof AgentRegistered>, now);
    case "change":
      return state ? change(state, data as DataOf<typeof AgentChanged>, now) : UNKNOWN;
    case "issue_key":
      return state ? issueKey(state, data as DataOf<typeof AgentKeyIssued>, now) : UNKNOWN;
    case "revoke_key":
      return state ? revokeKey(state, data as DataOf<typeof AgentKeyRevoked>, now) : UNKNOWN;
  }
}

function register(state: AgentState | null, data: DataOf<typeof AgentRegistered>, { nameTaken, by }: Circumstances): AgentDecision {
  if (!state) return nameTaken ? NAME_TAKEN : act(AgentRegistered, data, by);
  const same = state.name === data.name && state.team === data.team;
  if (same && state.feature === (data.feature ?? null) && state.vendor === (data.vendor ?? null)) return { kind: "quiet" };
  return { kind: "taken", reason: "this agent is registered already, with other details; change it instead" };
}

/** Only what really changes is recorded. */
function change(state: AgentState, data: DataOf<typeof AgentChanged>, { nameTaken, by }: Circumstances): AgentDecision {
  const { name, team, feature } = data;
  const changes = {
    ...(name !== undefined && name !== state.name && { name }),
    ...(team !== undefined && team !== state.team && { team }),
    ...(feature !== undefined && feature !== state.feature && { feature }),
  };
  if (Object.keys(changes).length === 0) return { kind: "quiet" };
  if ("name" in changes && nameTaken) return NAME_TAKEN;
  return act(AgentChanged, { agentId: state.agentId, ...changes }, by);
}

function issueKey(state: AgentState, data: DataOf<typeof AgentKeyIssued>, { at, by }: Circumstances): AgentDecision {
  const known = state.keys.find(({ keyId }) => keyId === data.keyId);
  const { sha256, expires } = data;
  return notIssued(state.keys, { known, sha256, expires, at, word: "key" }) ?? act(AgentKeyIssued, data, by);
}

function revokeKey(state: AgentState, data: DataOf<typeof AgentKeyRevoked>, { by }: Circumstances): AgentDecision {
  const known = state.keys.find(({ keyId }) => keyId === data.keyId);
  if (!known) return { kind: "unknown_key", reason: "this agent has no such key" };
  return known.revokedAt === null ? act(AgentKeyRevoked, data, by) : { kind: "quiet" };
}

function act<Data extends TObject>(schema: EventSchema<Data>, data: Readonly<Record<string, unknown>>, by: Actor): AgentDecision {
  const fact = factOf(schema, data, by);
  return "schema" in fact ? { kind: "acts", fact } : fact;
}

/** Takes one event of the stream `agent-<id>`. Events of types it does not know change nothing. */
export function foldAgent(state: AgentState | null, event: { type: string; recordedat: string; data: unknown }): AgentState | null {
  const registered = dataOf(AgentRegistered, event);
  if (registered) {
    const { agentId, name, team, feature = null, vendor = null } = registered;
    return { agentId, name, team, feature, vendor, registeredAt: event.recordedat, keys: state?.keys ?? [] };
  }
  if (!state) return null;
  const changed = dataOf(AgentChanged, event);
  if (changed) {
    const { name = state.name, team = state.team, feature = state.feature } = changed;
    return { ...state, name, team, feature };
  }
  const issued = dataOf(AgentKeyIssued, event);
  if (issued) {
    const { keyId, sha256, natsUser = null, expires = null } = issued;
    return { ...state, keys: [...state.keys, { keyId, sha256, natsUser, issuedAt: event.recordedat, expires, revokedAt: null }] };
  }
  const revoked = dataOf(AgentKeyRevoked, event);
  if (!revoked) return state;
  return {
    ...state,
    keys: state.keys.map((key) => (key.keyId === revoked.keyId && key.revokedAt === null ? { ...key, revokedAt: event.recordedat } : key)),
  };
}
