import type { Context } from "hono";
import { Type } from "typebox";
import { Person, PersonPage, PersonSecret } from "../../../schemas/api.ts";
import { Roles, Teams } from "../../../schemas/person.ts";
import { Id, Name, ShortText, Timestamp } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import type { ApiDeps, NewToken, Outcome } from "../deps.ts";
import type { Held } from "../held.ts";
import { originOf } from "../origin.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const LIST = "people";
const byId = Type.Object({ id: Id });
const why = Type.Object({ reason: Type.Optional(Type.String({ ...ShortText, description: "why, for the record" })) });

const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

/** With a link that signs a browser in as this person, once: it lives and dies with the token. */
function secret(outcome: Outcome<NewToken>, context: Context, held: Held, { behindProxy }: ApiDeps): Reply<PersonSecret> {
  if (outcome.kind !== "ok") return failureOf(outcome);
  const { person, tokenId } = outcome.value;
  const { code, expires } = held.sessions.issueCode({ personId: person.id, tokenId });
  // Behind the #, where no server or proxy writes it into a log.
  return ok({ ...outcome.value, signIn: { url: `${originOf(context, behindProxy)}/#code=${code}`, expires } });
}

const listPeople = route({
  id: "list_people",
  method: "get",
  path: "/api/v1/people",
  summary: "Who may sign in, in which roles, for which teams, with which tokens (never the secrets).",
  access: "read",
  query: Type.Object(pageParameters()),
  answer: PersonPage,
  handle({ query }, { people }) {
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    return pageReply(LIST, people.list({ limit: query.limit ?? 50, cursor: cursor.place }));
  },
});

const registerPerson = route({
  id: "register_person",
  method: "post",
  path: "/api/v1/people",
  summary: "Lets somebody sign in: makes their first token and a sign-in link, both shown this once.",
  access: "manage_people",
  body: Type.Object(
    { name: Name, roles: Roles, teams: Type.Optional(Teams), expires: Type.Optional(Timestamp) },
    { additionalProperties: false },
  ),
  answer: PersonSecret,
  status: 201,
  handle: async ({ body, caller, context, held }, deps) =>
    secret(await deps.people.register({ ...body, teams: body.teams ?? [] }, actorOf(caller)), context, held, deps),
});

const changePerson = route({
  id: "change_person",
  method: "patch",
  path: "/api/v1/people/{id}",
  summary: "Changes name, roles or teams. Holds from the next request on, also for who is signed in.",
  access: "manage_people",
  params: byId,
  body: Type.Object(
    { name: Type.Optional(Name), roles: Type.Optional(Roles), teams: Type.Optional(Teams) },
    { additionalProperties: false, minProperties: 1 },
  ),
  answer: Person,
  handle: async ({ params, body, caller }, { people }) => answer(await people.change(params.id, body, actorOf(caller))),
});

const removePerson = route({
  id: "remove_person",
  method: "delete",
  path: "/api/v1/people/{id}",
  summary: "Takes every token away and signs every browser of this person out, at once. The last administrator stays.",
  access: "manage_people",
  params: byId,
  query: why,
  answer: Person,
  handle: async ({ params, query, caller }, { people }) => answer(await people.remove(params.id, query.reason, actorOf(caller))),
});

const issueToken = route({
  id: "issue_person_token",
  method: "post",
  path: "/api/v1/people/{id}/tokens",
  summary: "Makes another token and a sign-in link, both shown this once. The old tokens go on working until they are revoked.",
  access: "manage_people",
  params: byId,
  body: Type.Object({ expires: Type.Optional(Type.Union([Timestamp, Type.Null()])) }, { additionalProperties: false }),
  answer: PersonSecret,
  status: 201,
  handle: async ({ params, body, caller, context, held }, deps) =>
    secret(await deps.people.issueToken(params.id, body.expires ?? null, actorOf(caller)), context, held, deps),
});

const revokeToken = route({
  id: "revoke_person_token",
  method: "delete",
  path: "/api/v1/people/{id}/tokens/{tokenId}",
  summary: "Revokes a token, and signs out at once what was signed in with it.",
  access: "manage_people",
  params: Type.Object({ id: Id, tokenId: Id }),
  query: why,
  answer: Person,
  handle: async ({ params, query, caller }, { people }) =>
    answer(await people.revokeToken(params.id, params.tokenId, query.reason, actorOf(caller))),
});

export const peopleRoutes: readonly Route[] = [listPeople, registerPerson, changePerson, removePerson, issueToken, revokeToken];
