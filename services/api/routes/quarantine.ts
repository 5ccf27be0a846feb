import { Type } from "typebox";
import { QuarantinePage } from "../../../schemas/api.ts";
import { Id } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { failureOf } from "../problems.ts";
import { ok, type Route, route } from "../route.ts";

const LIST = "quarantine";
const byId = Type.Object({ id: Id });

const listQuarantine = route({
  id: "list_quarantine",
  method: "get",
  path: "/api/v1/quarantine",
  summary: "What could not be taken, with the reason, the latest first. Never its content.",
  access: "read",
  query: Type.Object({
    state: Type.Optional(
      Type.Union([Type.Literal("held"), Type.Literal("released"), Type.Literal("discarded")], {
        description: "held, released or discarded; without it all",
      }),
    ),
    agent: Type.Optional(Type.String({ ...Id, description: "one agent's id" })),
    code: Type.Optional(Type.String({ pattern: "^[a-z_]{1,40}$", description: "one reason's code, such as not_json" })),
    ...pageParameters(),
  }),
  answer: QuarantinePage,
  async handle({ query }, { quarantine }) {
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const page = await quarantine.list({
      limit: query.limit ?? 50,
      cursor: cursor.place,
      ...(query.state !== undefined && { state: query.state }),
      ...(query.agent !== undefined && { agent: query.agent }),
      ...(query.code !== undefined && { code: query.code }),
    });
    return pageReply(LIST, page);
  },
});

const release = route({
  id: "release_quarantined",
  method: "post",
  path: "/api/v1/quarantine/{id}/release",
  summary: "Sends the bytes through the front door again, after what was wrong was put right. Refused again, they stay.",
  access: "settle_quarantine",
  params: byId,
  answer: Type.Object({ state: Type.Literal("released") }),
  async handle({ params, caller }, { quarantine }) {
    const outcome = await quarantine.release(params.id, actorOf(caller));
    return outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome);
  },
});

const discard = route({
  id: "discard_quarantined",
  method: "post",
  path: "/api/v1/quarantine/{id}/discard",
  summary: "Deletes the bytes for good. The reason stays on record.",
  access: "settle_quarantine",
  params: byId,
  body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" }) }, { additionalProperties: false }),
  answer: Type.Object({ state: Type.Literal("discarded") }),
  async handle({ params, body, caller }, { quarantine }) {
    const outcome = await quarantine.discard(params.id, body.reason, actorOf(caller));
    return outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome);
  },
});

export const quarantineRoutes: readonly Route[] = [listQuarantine, release, discard];
