import type { Context } from "hono";
import type { ApiDeps } from "../deps.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import { administrator, type Caller, type Person, personOf } from "./caller.ts";
import { readCookie, siteOf } from "./cookie.ts";
import { digestOf, sameDigest } from "./secrets.ts";

/** Longer than any credential of ours: nobody makes us hash more. */
const LONGEST = 512;

type Deps = Pick<ApiDeps, "adminTokenSha256" | "agents" | "behindProxy" | "people">;

/** Whom a request's credential names. A bearer credential wins over a cookie, so that programs are never mistaken for a browser. */
export async function identify(context: Context, sessions: BrowserSessions, deps: Deps): Promise<Caller> {
  const header = context.req.header("authorization");
  if (header !== undefined) return identifyBearer(header, deps);
  const cookie = readCookie(context, siteOf(context, deps.behindProxy));
  if (cookie === undefined) return { kind: "nobody", presented: false };
  const holder = cookie.length <= LONGEST ? sessions.find(cookie) : null;
  return (holder && personOf(holder, "cookie", deps)) ?? { kind: "nobody", presented: true };
}

async function identifyBearer(header: string, deps: Deps): Promise<Caller> {
  // Some exporters hand the percent-encoding of OTEL_EXPORTER_OTLP_HEADERS through as it is.
  const token = /^Bearer(?:\s+|%20)(\S+)\s*$/i.exec(header)?.[1];
  if (token === undefined || token.length > LONGEST) return { kind: "nobody", presented: true };
  const person = personWith(token, deps);
  if (person) return person;
  const agent = await deps.agents.authenticate(token);
  return agent ? { kind: "agent", agentId: agent.agentId, keyId: agent.keyId } : { kind: "nobody", presented: true };
}

/** Whose token this is; null: nobody's. */
export function personWith(token: string, { adminTokenSha256, people }: Pick<Deps, "adminTokenSha256" | "people">): Person | null {
  if (sameDigest(digestOf(token), adminTokenSha256)) return administrator("token");
  const present = people.authenticate(token);
  return present && { kind: "person", ...present, via: "token" };
}
