import type { Context } from "hono";
import { type Failure, fail } from "../problems.ts";
import type { Caller } from "./caller.ts";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Another site can make a browser send our cookie, but it cannot add a header of its own to such a request, and it cannot
 * hide where the request comes from. Both are checked on every write that a cookie vouches for.
 */
export function forged(context: Context, caller: Caller): Failure | null {
  if (READING.has(context.req.method) || caller.kind !== "person" || caller.via !== "cookie") return null;
  if (context.req.header("x-andon-csrf") === undefined) {
    return fail(403, "csrf", "A write with a session cookie needs the header `x-andon-csrf`.", { hint: "Send `x-andon-csrf: 1`." });
  }
  return foreign(context);
}

/** A request that a browser started from another site. */
export function foreign(context: Context): Failure | null {
  const site = context.req.header("sec-fetch-site");
  const origin = context.req.header("origin");
  const own = site !== undefined ? site === "same-origin" || site === "none" : origin === undefined || hostOf(origin) === hostHere(context);
  return own ? null : fail(403, "csrf", "The request comes from another site.", { hint: "Open the console at the address where it runs." });
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

const hostHere = (context: Context): string => new URL(context.req.url).host;
