import type { StoredEvent } from "../../schemas/event.ts";
import type { Actor } from "../domain/envelope.ts";
import { type AgentCommand, type AgentRefusal, type AgentState, decideAgent } from "../domain/people/agents.ts";
import { digestOf } from "../domain/people/credential.ts";
import { type Following, followCategory } from "../follow.ts";
import { oneByOne } from "../one-by-one.ts";
import type { BusCredential, EventBus } from "../ports/event-bus.ts";
import type { EventStore, RecordedEvent } from "../ports/event-store.ts";
import { makeRecorder } from "../stream-recorder.ts";
import { type AgentIdentity, AgentView, newAgentId, newKey } from "./agent-view.ts";

export interface AgentRegistryDeps {
  readonly store: EventStore;
  /** Null: keys are for HTTP alone. */
  readonly bus: Pick<EventBus, "issueCredential" | "revokeCredential"> | null;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Told when a credential of a revoked key could not be taken away on the bus. */
  readonly trouble: (message: string) => void;
}

export interface NewAgent {
  readonly name: string;
  readonly team: string;
  readonly feature?: string | undefined;
  readonly vendor?: string | undefined;
}

export interface AgentChange {
  readonly name?: string | undefined;
  readonly team?: string | undefined;
  readonly feature?: string | null | undefined;
}

export type AgentAnswer = { readonly kind: "done"; readonly agent: AgentState } | AgentRefusal;

export type KeyAnswer =
  | {
      readonly kind: "issued";
      readonly agent: AgentState;
      readonly keyId: string;
      /** Shown to a person once; only its digest is kept. */
      readonly key: string;
      readonly nats: BusCredential | null;
      /** Why there is no NATS credential. */
      readonly natsReason: string | null;
    }
  | AgentRefusal;

export type RevokeAnswer =
  /** `busReason`: the key is void, but its NATS credential could not be taken away yet, and why. */
  { readonly kind: "revoked"; readonly agent: AgentState; readonly busReason: string | null } | AgentRefusal;

/** Who may report, under which name, for which team, with which keys. */
export interface AgentRegistry extends Following {
  list(): readonly AgentState[];
  get(agentId: string): AgentState | null;
  register(agent: NewAgent, by: Actor): Promise<AgentAnswer>;
  change(agentId: string, change: AgentChange, by: Actor): Promise<AgentAnswer>;
  /** @param expires RFC 3339; null: works until it is revoked */
  issueKey(agentId: string, expires: string | null, by: Actor): Promise<KeyAnswer>;
  revokeKey(agentId: string, keyId: string, reason: string | undefined, by: Actor): Promise<RevokeAnswer>;
  /** null: no such key, or none any more. */
  authenticate(key: string): (AgentIdentity & { readonly keyId: string }) | null;
  /** Of whoever is registered, also when no key of theirs is left: what they sent before still counts. */
  identify(agentId: string): AgentIdentity | null;
}

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openAgentRegistry(deps: AgentRegistryDeps): Promise<AgentRegistry> {
  const { store, bus, now, random, trouble } = deps;
  const view = new AgentView();
  const take = (event: StoredEvent, { stream, revision }: RecordedEvent) => view.apply(event, stream, revision);
  const following = await followCategory(store, "agent", take);
  const record = makeRecord(deps, view);
  void takeAway(view.list(), bus, trouble);

  return {
    list: () => view.list(),
    get: (agentId) => view.get(agentId),
    identify: (agentId) => view.identify(agentId),
    authenticate: (key) => view.authenticate(key, now()),
    register: ({ name, team, feature, vendor }, by) => {
      const agentId = newAgentId(random(16));
      const optional = { ...(feature !== undefined && { feature }), ...(vendor !== undefined && { vendor }) };
      return record({ kind: "register", agentId, name, team, ...optional }, by);
    },
    change: (agentId, { name, team, feature }, by) => {
      const changes = {
        ...(name !== undefined && { name }),
        ...(team !== undefined && { team }),
        ...(feature !== undefined && { feature }),
      };
      return record({ kind: "change", agentId, ...changes }, by);
    },
    async issueKey(agentId, expires, by) {
      if (!view.get(agentId)) return { kind: "unknown_agent", reason: "no agent has this id" };
      const key = newKey(agentId, random(32));
      const keyId = `key_${Buffer.from(random(9)).toString("hex")}`;
      const credential = (await bus?.issueCredential(agentId, expires)) ?? {
        kind: "unavailable" as const,
        reason: "this platform has no bus",
      };
      const nats = credential.kind === "issued" ? credential.credential : null;
      const data = {
        agentId,
        keyId,
        sha256: digestOf(key).toString("hex"),
        ...(nats && { natsUser: nats.user }),
        ...(expires && { expires }),
      };
      const answer = await record({ kind: "issue_key", ...data }, by);
      if (answer.kind !== "done") return answer;
      return { kind: "issued", agent: answer.agent, keyId, key, nats, natsReason: credential.kind === "issued" ? null : credential.reason };
    },
    async revokeKey(agentId, keyId, reason, by) {
      const answer = await record({ kind: "revoke_key", agentId, keyId, ...(reason !== undefined && { reason }) }, by);
      if (answer.kind !== "done") return answer;
      const user = answer.agent.keys.find((key) => key.keyId === keyId)?.natsUser;
      const onBus = user && bus ? await bus.revokeCredential(user) : null;
      return { kind: "revoked", agent: answer.agent, busReason: onBus?.kind === "unavailable" ? onBus.reason : null };
    },
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

/** Writes to an agent's stream what its decider lets through. Names are unique over all agents, so one at a time. */
function makeRecord(deps: AgentRegistryDeps, view: AgentView) {
  const { record } = makeRecorder(deps, view);
  const inTurn = oneByOne();
  return (command: AgentCommand, by: Actor): Promise<AgentAnswer> =>
    inTurn(async () => {
      const { agentId } = command;
      const answer = await record<AgentRefusal>(`agent-${agentId}`, agentId, (atMs) => {
        const state = view.get(agentId);
        const name = "name" in command ? command.name : undefined;
        const nameTaken = name !== undefined && view.nameTaken(name, agentId);
        const decision = decideAgent(state, command, { at: new Date(atMs).toISOString(), by, nameTaken });
        const team = state?.team ?? ("team" in command ? command.team : undefined);
        return decision.kind === "acts" ? { kind: "acts", facts: [decision.fact], team } : decision;
      });
      return answer.kind === "recorded" ? { kind: "done", agent: view.get(agentId) as AgentState } : answer;
    });
}

/**
 * A crash between the stored revocation and the bus would leave a NATS credential working, and so would a bus that was
 * put back from an older backup: every start takes away what must be gone.
 */
async function takeAway(agents: readonly AgentState[], bus: AgentRegistryDeps["bus"], trouble: (message: string) => void): Promise<void> {
  if (!bus) return;
  const revoked = agents.flatMap(({ keys }) => keys).filter(({ revokedAt, natsUser }) => revokedAt !== null && natsUser !== null);
  for (const { natsUser } of revoked) {
    const answer = await bus.revokeCredential(natsUser as string).catch((error: unknown) => ({
      kind: "unavailable" as const,
      reason: error instanceof Error ? error.message : "unknown error",
    }));
    if (answer.kind === "revoked") continue;
    trouble(`NATS credentials of ${revoked.length} revoked keys may still work: ${answer.reason}`);
    return;
  }
}
