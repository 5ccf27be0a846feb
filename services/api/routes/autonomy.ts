import {
  AutonomyList,
  AutonomyView,
  NewProposal,
  NewReport,
  NewSignature,
  NewTrial,
  Proposed,
  type ScopeAsked,
  Unfreezing,
} from "../../../schemas/autonomy-api.ts";
import { outside } from "../auth/authorise.ts";
import { actorOf, aPerson, type Caller } from "../auth/caller.ts";
import type { ApiDeps, Outcome } from "../deps.ts";
import { type Failure, failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

/** A lead moves the autonomy of agents of their own teams only. */
async function notTheirs(scope: ScopeAsked, caller: Caller, { agents }: ApiDeps): Promise<Failure | null> {
  const agent = await agents.get(scope.agent);
  if (!agent) return failureOf({ kind: "not_found", reason: "no agent has this id" });
  return outside(caller, "manage_autonomy", agent.team);
}

const listAutonomy = route({
  id: "list_autonomy",
  method: "get",
  path: "/api/v1/autonomy",
  summary: "Every scope with its level, how it came to it, and what its trials say.",
  access: "read",
  answer: AutonomyList,
  handle: (_call, { autonomy }) => ok({ items: [...autonomy.list()] }),
});

const proposePromotion = route({
  id: "propose_promotion",
  method: "post",
  path: "/api/v1/autonomy/proposals",
  summary: "Proposes the next level. Answers with all the evidence and what is missing, or waits for signatures.",
  access: "manage_autonomy",
  body: NewProposal,
  answer: Proposed,
  handle: async ({ body, caller }, deps) =>
    (await notTheirs(body.scope, caller, deps)) ?? answer(await deps.autonomy.propose(body, actorOf(caller))),
});

const signPromotion = route({
  id: "sign_promotion",
  method: "post",
  path: "/api/v1/autonomy/signatures",
  summary: "Signs a proposal in a role that the person has. The last signature that is needed raises the level.",
  access: "manage_autonomy",
  body: NewSignature,
  answer: AutonomyView,
  handle: async ({ body, caller }, deps) =>
    (await notTheirs(body.scope, caller, deps)) ?? answer(await deps.autonomy.sign(body, aPerson(caller).roles, actorOf(caller))),
});

const recordTrial = route({
  id: "record_trial",
  method: "post",
  path: "/api/v1/autonomy/trials",
  summary: "A finished change and its verdict. What its requester gave up is no trial: leave it out.",
  access: "manage_autonomy",
  body: NewTrial,
  answer: AutonomyView,
  handle: async ({ body, caller }, deps) =>
    (await notTheirs(body.scope, caller, deps)) ?? answer(await deps.autonomy.recordTrial(body, actorOf(caller))),
});

const reportTrouble = route({
  id: "report_trouble",
  method: "post",
  path: "/api/v1/autonomy/reports",
  summary: "Something that takes autonomy away at once: an incident, a leaked secret, a failed holdback.",
  access: "manage_autonomy",
  body: NewReport,
  answer: AutonomyView,
  handle: async ({ body, caller }, deps) =>
    (await notTheirs(body.scope, caller, deps)) ?? answer(await deps.autonomy.report(body, actorOf(caller))),
});

const unfreeze = route({
  id: "unfreeze_autonomy",
  method: "post",
  path: "/api/v1/autonomy/unfreezings",
  summary: "What a scope was frozen for is put right.",
  access: "manage_autonomy",
  body: Unfreezing,
  answer: AutonomyView,
  handle: async ({ body, caller }, deps) =>
    (await notTheirs(body.scope, caller, deps)) ?? answer(await deps.autonomy.unfreeze(body, actorOf(caller))),
});

export const autonomyRoutes: readonly Route[] = [listAutonomy, proposePromotion, signPromotion, recordTrial, reportTrouble, unfreeze];
