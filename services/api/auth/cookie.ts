import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { BrowserSessions } from "./browser-sessions.ts";

/**
 * Cookies of one host are shared by all its ports, so the name carries the port: two platforms on one machine do not sign
 * each other out. Over TLS the browser itself guarantees, by the name's prefix, that no other host set it.
 */
function nameOf({ secure, port }: Site): string {
  const name = port === "" ? "andon_session" : `andon_session_${port}`;
  return secure ? `__Host-${name}` : name;
}

interface Site {
  readonly secure: boolean;
  readonly port: string;
}

/** As the browser sees us. */
export function siteOf(context: Context, behindProxy: boolean): Site {
  const { protocol, port } = new URL(context.req.url);
  return { secure: protocol === "https:" || (behindProxy && context.req.header("x-forwarded-proto") === "https"), port };
}

export const readCookie = (context: Context, site: Site): string | undefined => getCookie(context, nameOf(site));

export function sessionCookie(site: Site, value: string): string {
  return `${nameOf(site)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${BrowserSessions.maxAge}${site.secure ? "; Secure" : ""}`;
}

export function clearedCookie(site: Site): string {
  return `${nameOf(site)}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${site.secure ? "; Secure" : ""}`;
}
