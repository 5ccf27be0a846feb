import { Type } from "typebox";
import {
  ApprovalDetail,
  ApprovalInbox,
  ApprovalMove,
  ApprovalSubject,
  ApprovalView,
  DelegationList,
  NewDelegation,
  NewVotes,
  Waited,
} from "../../../schemas/approval-api.ts";
import { Id } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import type { Outcome } from "../deps.ts";
import { failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const byId = Type.Object({ id: Id });
const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

/** Longer than this a proxy in between gives up: whoever still waits asks again. */
const LONGEST_WAIT_S = 55;

const listApprovals = route({
  id: "list_approvals",
  method: "get",
  path: "/api/v1/approvals",
  summary: "What waits for people, what ends first first, and emergencies that somebody still has to look at.",
  access: "read",
  answer: ApprovalInbox,
  handle: ({ caller }, { approvals }) => ok(approvals.inbox(actorOf(caller))),
});

const readApproval = route({
  id: "read_approval",
  method: "get",
  path: "/api/v1/approvals/{id}",
  summary: "One approval with similar earlier ones. What is asked stays sealed: see `look`.",
  access: "read",
  params: byId,
  answer: ApprovalDetail,
  handle: async ({ params, caller }, { approvals }) => answer(await approvals.get(params.id, actorOf(caller))),
});

const lookAtApproval = route({
  id: "look_at_approval",
  method: "post",
  path: "/api/v1/approvals/{id}/look",
  summary: "Shows what is asked: the command, the paths, the change. That it was looked at is recorded.",
  access: "decide_approvals",
  params: byId,
  answer: ApprovalSubject,
  handle: async ({ params, caller }, { approvals }) => answer(await approvals.look(params.id, actorOf(caller))),
});

const voteOnApprovals = route({
  id: "vote_on_approvals",
  method: "post",
  path: "/api/v1/approvals/votes",
  summary: "A yes or no to exactly what was looked at. Several are voted on together only when they ask for the same.",
  access: "decide_approvals",
  body: NewVotes,
  answer: Type.Object({ items: Type.Array(ApprovalView) }),
  handle: async ({ body, caller }, { approvals }) => answer(await approvals.vote(body, actorOf(caller))),
});

const moveApproval = route({
  id: "move_approval",
  method: "post",
  path: "/api/v1/approvals/{id}/moves",
  summary: "Takes an approval back, calls those above, breaks the glass in an emergency, or closes what follows from one.",
  access: "decide_approvals",
  params: byId,
  body: ApprovalMove,
  answer: ApprovalView,
  handle: async ({ params, body, caller }, { approvals }) => answer(await approvals.move(params.id, body, actorOf(caller))),
});

const awaitApproval = route({
  id: "await_approval",
  method: "get",
  path: "/api/v1/approvals/{id}/wait",
  summary: "Answers as soon as people have decided, or when the time is up: then ask again. For the agent that asked.",
  access: "agent",
  params: byId,
  query: Type.Object({
    seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_WAIT_S, description: "how long to wait; 30 unless said" })),
  }),
  answer: Waited,
  async handle({ params, query, caller, context }, { approvals }) {
    const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout((query.seconds ?? 30) * 1000)]);
    return answer(await approvals.wait(params.id, actorOf(caller), signal));
  },
});

const listDelegations = route({
  id: "list_delegations",
  method: "get",
  path: "/api/v1/delegations",
  summary: "Roles that you have lent to others, until when.",
  access: "decide_approvals",
  answer: DelegationList,
  handle: ({ caller }, { approvals }) => ok(approvals.delegations(actorOf(caller))),
});

const lendRoles = route({
  id: "lend_roles",
  method: "post",
  path: "/api/v1/delegations",
  summary: "Lends roles of yours to somebody else until a date, so that approvals go on while you are away.",
  access: "decide_approvals",
  body: NewDelegation,
  answer: DelegationList,
  status: 201,
  handle: async ({ body, caller }, { approvals }) => answer(await approvals.delegate(body, actorOf(caller))),
});

const endDelegation = route({
  id: "end_delegation",
  method: "delete",
  path: "/api/v1/delegations/{id}",
  summary: "Takes lent roles back at once.",
  access: "decide_approvals",
  params: byId,
  answer: DelegationList,
  handle: async ({ params, caller }, { approvals }) => answer(await approvals.endDelegation(params.id, actorOf(caller))),
});

export const approvalRoutes: readonly Route[] = [
  listApprovals,
  readApproval,
  lookAtApproval,
  voteOnApprovals,
  moveApproval,
  awaitApproval,
  listDelegations,
  lendRoles,
  endDelegation,
];
