import { Type } from "typebox";
import { Me } from "../../../schemas/api.ts";
import { grantOf, PERMISSION_NAMES } from "../../domain/people/permissions.ts";
import { addressOf } from "../address.ts";
import { aPerson, type Person, personOf } from "../auth/caller.ts";
import { clearedCookie, readCookie, sessionCookie, siteOf } from "../auth/cookie.ts";
import { foreign } from "../auth/forgery.ts";
import { personWith } from "../auth/identify.ts";
import { fail } from "../problems.ts";
import { addressKey } from "../rate-limits.ts";
import { ok, type Route, route } from "../route.ts";

const Secret = Type.String({ minLength: 1, maxLength: 512 });

/** What may be done is told, so that a screen does not offer what would be refused. */
function meOf(person: Person): Me {
  const { personId, name, roles, teams } = person;
  const permissions = PERMISSION_NAMES.flatMap((permission) => {
    const grant = grantOf(person, permission);
    return grant ? [{ name: permission, teams: grant.teams && [...grant.teams] }] : [];
  });
  return { id: personId, name, roles: [...roles], teams: [...teams], permissions };
}

const signIn = route({
  id: "sign_in",
  method: "post",
  path: "/api/v1/session",
  summary: "Signs a browser in, with a person's token or a one-time code. Sets a cookie.",
  access: "open",
  body: Type.Union([
    Type.Object({ token: Secret }, { additionalProperties: false }),
    Type.Object({ code: Secret }, { additionalProperties: false }),
  ]),
  answer: Me,
  async handle({ body, context, held }, deps) {
    const { behindProxy } = deps;
    const elsewhere = foreign(context);
    if (elsewhere) return elsewhere;
    const address = addressKey(addressOf(context, behindProxy));
    const tooMany = await held.limits.signIns.spent(address);
    if (tooMany) return tooMany;
    const holder = "token" in body ? personWith(body.token, deps) : held.sessions.spendCode(body.code);
    const person = holder && personOf(holder, "cookie", deps);
    if (!person) {
      await held.limits.signIns.count(address);
      return fail(401, "unauthorised", "The token or code is not valid, or not any more.", {
        hint: "Use your own token, the administrator's in the file `admin.token` of the data folder, or a fresh code: it works once, for ten minutes.",
      });
    }
    return ok(meOf(person), {
      headers: { "set-cookie": sessionCookie(siteOf(context, behindProxy), held.sessions.start(person)) },
    });
  },
});

const signOut = route({
  id: "sign_out",
  method: "delete",
  path: "/api/v1/session",
  summary: "Signs the browser out.",
  access: "own_account",
  answer: Type.Object({}),
  handle({ context, held }, { behindProxy }) {
    const site = siteOf(context, behindProxy);
    const id = readCookie(context, site);
    if (id !== undefined) held.sessions.end(id);
    return ok({}, { headers: { "set-cookie": clearedCookie(site) } });
  },
});

const issueCode = route({
  id: "issue_sign_in_code",
  method: "post",
  path: "/api/v1/session/codes",
  summary: "A code that signs one more browser of yours in, once, within ten minutes: for links that commands print.",
  access: "own_account",
  answer: Type.Object({ code: Type.String(), expires: Type.String() }),
  status: 201,
  handle: ({ caller, held }) => ok(held.sessions.issueCode(aPerson(caller))),
});

const me = route({
  id: "read_me",
  method: "get",
  path: "/api/v1/me",
  summary: "Who is signed in, in which roles, and what they may do.",
  access: "own_account",
  answer: Me,
  handle: ({ caller }) => ok(meOf(aPerson(caller))),
});

export const sessionRoutes: readonly Route[] = [signIn, signOut, issueCode, me];
