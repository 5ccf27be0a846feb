import { Type } from "typebox";
import { Me } from "../../../schemas/api.ts";
import { addressOf } from "../address.ts";
import { administrator, type Person } from "../auth/caller.ts";
import { clearedCookie, readCookie, sessionCookie, siteOf } from "../auth/cookie.ts";
import { foreign } from "../auth/forgery.ts";
import { digestOf, sameDigest } from "../auth/secrets.ts";
import { fail } from "../problems.ts";
import { addressKey } from "../rate-limits.ts";
import { ok, type Route, route } from "../route.ts";

const Secret = Type.String({ minLength: 1, maxLength: 512 });
const meOf = ({ id, name, role }: Person): Me => ({ id, name, role });

const signIn = route({
  id: "sign_in",
  method: "post",
  path: "/api/v1/session",
  summary: "Signs a browser in, with the administrator's token or a one-time code. Sets a cookie.",
  access: "open",
  body: Type.Union([
    Type.Object({ token: Secret }, { additionalProperties: false }),
    Type.Object({ code: Secret }, { additionalProperties: false }),
  ]),
  answer: Me,
  async handle({ body, context, held }, { adminTokenSha256, behindProxy }) {
    const elsewhere = foreign(context);
    if (elsewhere) return elsewhere;
    const address = addressKey(addressOf(context, behindProxy));
    const tooMany = await held.limits.signIns.spent(address);
    if (tooMany) return tooMany;
    const right = "token" in body ? sameDigest(digestOf(body.token), adminTokenSha256) : held.sessions.spendCode(body.code);
    if (!right) {
      await held.limits.signIns.count(address);
      return fail(401, "unauthorised", "The token or code is not valid, or not any more.", {
        hint: "Use the token in the file `admin.token` of the data folder, or a fresh code: a code works once, for ten minutes.",
      });
    }
    return ok(meOf(administrator("cookie")), {
      headers: { "set-cookie": sessionCookie(siteOf(context, behindProxy), held.sessions.start()) },
    });
  },
});

const signOut = route({
  id: "sign_out",
  method: "delete",
  path: "/api/v1/session",
  summary: "Signs the browser out.",
  access: "person",
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
  summary: "A code that signs one browser in, once, within ten minutes: for links that commands print.",
  access: "person",
  answer: Type.Object({ code: Type.String(), expires: Type.String() }),
  status: 201,
  handle: ({ held }) => ok(held.sessions.issueCode()),
});

const me = route({
  id: "read_me",
  method: "get",
  path: "/api/v1/me",
  summary: "Who is signed in.",
  access: "person",
  answer: Me,
  handle({ caller }) {
    if (caller.kind !== "person") throw new Error("a person's route without a person");
    return ok(meOf(caller));
  },
});

export const sessionRoutes: readonly Route[] = [signIn, signOut, issueCode, me];
