import { Type } from "typebox";
import { LineScope } from "../../../schemas/line.ts";
import { Hearing, LineList, LineMove, LineView, NewPull } from "../../../schemas/line-api.ts";
import { outside } from "../auth/authorise.ts";
import { actorOf } from "../auth/caller.ts";
import type { Outcome } from "../deps.ts";
import { failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

const listLines = route({
  id: "list_lines",
  method: "get",
  path: "/api/v1/line",
  summary: "Every line whose cord was ever pulled: its light, its pull, and which runtimes have heard of it.",
  access: "read",
  answer: LineList,
  handle: (_call, { line }) => ok({ items: [...line.list()] }),
});

const pullCord = route({
  id: "pull_cord",
  method: "post",
  path: "/api/v1/line/pulls",
  summary: "Pulls the cord of a scope. Work goes on up to the next gate until an owner answers, or stops when nobody does.",
  access: "pull_cord",
  body: NewPull,
  answer: LineView,
  status: 201,
  handle: async ({ body, caller }, { line }) => answer(await line.pull(body, actorOf(caller))),
});

const callForHelp = route({
  id: "call_for_help",
  method: "post",
  path: "/api/v1/line/calls",
  summary: "An agent pulls the cord: of its own scope, or of any other. A pull needs no permission and is never a fault.",
  access: "agent",
  body: Type.Object(
    { scope: Type.Optional(LineScope), symptom: NewPull.properties.symptom, evidence: NewPull.properties.evidence },
    { additionalProperties: false },
  ),
  answer: LineView,
  status: 201,
  async handle({ body: { scope, symptom, evidence }, caller }, { line }) {
    const by = actorOf(caller);
    const mine = { kind: "agent", name: by.id } as const;
    return answer(await line.pull({ scope: scope ?? mine, symptom, ...(evidence && { evidence }) }, by));
  },
});

const moveLine = route({
  id: "move_line",
  method: "post",
  path: "/api/v1/line/moves",
  summary: "A step on a pulled line's way back: answer, clear, stop, contain, countermeasure, trial, release by a second person, close.",
  access: "release_cord",
  body: LineMove,
  answer: LineView,
  async handle({ body, caller }, { line }) {
    const elsewhere = body.scope.kind === "team" ? outside(caller, "release_cord", body.scope.name) : null;
    return elsewhere ?? answer(await line.move(body.scope, body.andonId, body.move, actorOf(caller)));
  },
});

const hearLine = route({
  id: "hear_line",
  method: "post",
  path: "/api/v1/line/acknowledgements",
  summary: "A runtime has heard of a line's state, as broadcast on `andon.line.<scope>`.",
  access: "agent",
  body: Hearing,
  answer: Type.Object({ latencyMs: Type.Number() }),
  handle: async ({ body, caller }, { line }) => answer(await line.hear(body, actorOf(caller))),
});

export const lineRoutes: readonly Route[] = [listLines, pullCord, callForHelp, moveLine, hearLine];
