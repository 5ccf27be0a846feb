import { type Static, Type } from "typebox";
import { Agent, AgentPage, AgentSecret, VendorSettings } from "../../../schemas/api.ts";
import { Id, Name, ShortText, Timestamp } from "../../../schemas/primitives.ts";
import { outside } from "../auth/authorise.ts";
import { actorOf, type Caller } from "../auth/caller.ts";
import type { AgentDesk, Outcome } from "../deps.ts";
import { originOf } from "../origin.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { type Failure, fail, failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const LIST = "agents";
const byId = Type.Object({ id: Id });

const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

const UNKNOWN = (): Failure => fail(404, "not_found", "There is no agent with this id.");

/** Why the caller may not manage this agent, or not move it to that team; null: they may. */
async function notManaged(agents: AgentDesk, id: string, caller: Caller, to?: string): Promise<Failure | null> {
  const agent = await agents.get(id);
  return agent ? outside(caller, "manage_agents", agent.team, to ?? agent.team) : UNKNOWN();
}

const listAgents = route({
  id: "list_agents",
  method: "get",
  path: "/api/v1/agents",
  summary: "Registered agents with their keys (never the secrets) and when each was last heard.",
  access: "read",
  query: Type.Object({ team: Type.Optional(Type.String({ ...Name, description: "one team" })), ...pageParameters() }),
  answer: AgentPage,
  async handle({ query }, { agents }) {
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const page = await agents.list({
      limit: query.limit ?? 50,
      cursor: cursor.place,
      ...(query.team !== undefined && { team: query.team }),
    });
    return pageReply(LIST, page);
  },
});

const registerAgent = route({
  id: "register_agent",
  method: "post",
  path: "/api/v1/agents",
  summary: "Registers an agent and makes its first key, which is shown this once, with settings to paste.",
  access: "manage_agents",
  body: Type.Object(
    { name: Name, team: Name, feature: Type.Optional(Name), vendor: Type.Optional(Name), expires: Type.Optional(Timestamp) },
    { additionalProperties: false },
  ),
  answer: AgentSecret,
  status: 201,
  handle: async ({ body, caller, context }, { agents, behindProxy }) =>
    outside(caller, "manage_agents", body.team) ?? answer(await agents.register(body, actorOf(caller), originOf(context, behindProxy))),
});

const readAgent = route({
  id: "read_agent",
  method: "get",
  path: "/api/v1/agents/{id}",
  summary: "One agent.",
  access: "read",
  params: byId,
  answer: Agent,
  async handle({ params }, { agents }) {
    const agent = await agents.get(params.id);
    return agent ? ok(agent) : UNKNOWN();
  },
});

const changeAgent = route({
  id: "change_agent",
  method: "patch",
  path: "/api/v1/agents/{id}",
  summary: "Changes name, team or feature. Applies to what arrives afterwards.",
  access: "manage_agents",
  params: byId,
  body: Type.Object(
    { name: Type.Optional(Name), team: Type.Optional(Name), feature: Type.Optional(Type.Union([Name, Type.Null()])) },
    { additionalProperties: false, minProperties: 1 },
  ),
  answer: Agent,
  handle: async ({ params, body, caller }, { agents }) =>
    (await notManaged(agents, params.id, caller, body.team)) ?? answer(await agents.change(params.id, body, actorOf(caller))),
});

const issueKey = route({
  id: "issue_agent_key",
  method: "post",
  path: "/api/v1/agents/{id}/keys",
  summary: "Makes another key, which is shown this once. The old ones go on working until they are revoked.",
  access: "manage_agents",
  params: byId,
  body: Type.Object({ expires: Type.Optional(Type.Union([Timestamp, Type.Null()])) }, { additionalProperties: false }),
  answer: AgentSecret,
  status: 201,
  handle: async ({ params, body, caller, context }, { agents, behindProxy }) =>
    (await notManaged(agents, params.id, caller)) ??
    answer(await agents.issueKey(params.id, body.expires ?? null, actorOf(caller), originOf(context, behindProxy))),
});

const revokeKey = route({
  id: "revoke_agent_key",
  method: "delete",
  path: "/api/v1/agents/{id}/keys/{keyId}",
  summary: "Revokes a key at once, on every door.",
  access: "manage_agents",
  params: Type.Object({ id: Id, keyId: Id }),
  query: Type.Object({ reason: Type.Optional(Type.String({ ...ShortText, description: "why, for the record" })) }),
  answer: Agent,
  handle: async ({ params, query, caller }, { agents }) =>
    (await notManaged(agents, params.id, caller)) ?? answer(await agents.revokeKey(params.id, params.keyId, query.reason, actorOf(caller))),
});

const Settings = Type.Object({ settings: Type.Array(VendorSettings) });

const readSettings = route({
  id: "read_agent_settings",
  method: "get",
  path: "/api/v1/agents/{id}/settings",
  summary: "Settings to paste into the agent's tools, with a placeholder where the key goes.",
  access: "read",
  params: byId,
  answer: Settings,
  async handle({ params, context }, { agents, behindProxy }): Promise<Reply<Static<typeof Settings>>> {
    const outcome = await agents.settings(params.id, originOf(context, behindProxy));
    return outcome.kind === "ok" ? ok({ settings: [...outcome.value] }) : failureOf(outcome);
  },
});

export const agentRoutes: readonly Route[] = [listAgents, registerAgent, readAgent, changeAgent, issueKey, revokeKey, readSettings];
