import { Type } from "typebox";
import { DecisionDetail, DecisionPage, DecisionReplay } from "../../../schemas/api.ts";
import { DecisionAnswer, DecisionEffect, DecisionRequest } from "../../../schemas/decision.ts";
import { Id } from "../../../schemas/primitives.ts";
import type { Decided } from "../../decide/decide.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { periodOf, periodParameters } from "../period.ts";
import { fail, failureOf, sentence, unavailable } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const LIST = "decisions";
const byId = Type.Object({ id: Id });

const several = (what: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 50, description: `${what}, repeated for several` }));

const askDecision = route({
  id: "ask_decision",
  method: "post",
  path: "/api/v1/decisions",
  summary: "May I? Answered from the policies in force and recorded before the answer: only `allow` is a yes.",
  access: "agent",
  body: DecisionRequest,
  answer: DecisionAnswer,
  async handle({ body, caller }, { decisions }) {
    if (caller.kind !== "agent") throw new Error("a route for agents was called by somebody else");
    return replyOf(await decisions.ask(caller.agentId, body));
  },
});

const tryDecision = route({
  id: "try_decision",
  method: "post",
  path: "/api/v1/decisions/dry-run",
  summary: "What an agent would be answered, and which rules were looked at. Nothing is recorded, reserved or asked of anybody.",
  access: "edit_policies",
  body: Type.Object({ agent: Id, request: DecisionRequest }, { additionalProperties: false }),
  answer: DecisionAnswer,
  async handle({ body }, { decisions }) {
    const tried = await decisions.tryOut(body.agent, body.request);
    return tried.kind === "not_found" ? failureOf(tried) : replyOf(tried as Decided);
  },
});

const listDecisions = route({
  id: "list_decisions",
  method: "get",
  path: "/api/v1/decisions",
  summary: "Decisions of a period, the latest first.",
  access: "read",
  query: Type.Object({
    ...periodParameters,
    agent: several("agents' ids"),
    team: several("teams"),
    effect: Type.Optional(
      Type.Array(DecisionEffect, { maxItems: 3, description: "allow, deny or require_approval, repeated for several" }),
    ),
    action: several("actions, such as tool.call"),
    rule: several("rules as policy.rule, or policies"),
    session: Type.Optional(Type.String({ ...Id, description: "one session's id" })),
    ...pageParameters(),
  }),
  answer: DecisionPage,
  async handle({ query }, { decisions, now }) {
    const period = periodOf(query, now());
    if (period.kind === "failure") return period;
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const page = await decisions.list({
      ...period.value,
      ...(query.agent && { agents: query.agent }),
      ...(query.team && { teams: query.team }),
      ...(query.effect && { effects: query.effect }),
      ...(query.action && { actions: query.action }),
      ...(query.rule && { rules: query.rule }),
      ...(query.session !== undefined && { session: query.session }),
      limit: query.limit ?? 50,
      cursor: cursor.place,
    });
    return pageReply(LIST, page);
  },
});

const noDecision = () =>
  fail(404, "not_found", "There is no decision with this id.", { hint: "Ids come from answers and lists; a dry run has none." });

const readDecision = route({
  id: "read_decision",
  method: "get",
  path: "/api/v1/decisions/{id}",
  summary: "One decision as it was recorded: what was asked for stays sealed.",
  access: "read",
  params: byId,
  answer: DecisionDetail,
  async handle({ params }, { decisions }) {
    const found = await decisions.get(params.id);
    return found ? ok(found) : noDecision();
  },
});

const replayDecision = route({
  id: "replay_decision",
  method: "post",
  path: "/api/v1/decisions/{id}/replay",
  summary: "Makes a recorded decision again from the digests of its policies, settings and input, and compares.",
  access: "read",
  params: byId,
  answer: DecisionReplay,
  async handle({ params }, { decisions }): Promise<Reply<DecisionReplay>> {
    const outcome = await decisions.replay(params.id);
    if (outcome.kind === "ok") return ok(outcome.value);
    return outcome.kind === "not_found" ? noDecision() : failureOf(outcome);
  },
});

function replyOf(decided: Decided): Reply<DecisionAnswer> {
  switch (decided.kind) {
    case "decided":
      return ok(decided.answer);
    case "invalid":
      return fail(422, "invalid", sentence(`this is not a request: ${decided.at} ${decided.reason}`), { at: decided.at });
    case "conflict":
      return fail(409, "conflict", sentence(decided.reason));
    case "unavailable":
      return unavailable(decided.reason);
  }
}

export const decisionRoutes: readonly Route[] = [askDecision, tryDecision, listDecisions, readDecision, replayDecision];
