import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** What the API answers is data: no browser may run, frame or style anything of it. */
const DATA = "default-src 'none'; frame-ancestors 'none'";

/** Headers for every answer; a page of the console brings its own policy. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", DATA);
  const { protocol, hostname } = new URL(context.req.url);
  // A browser would apply it to every port of localhost, for a year.
  if (protocol === "https:" && hostname !== "localhost") headers.set("strict-transport-security", "max-age=31536000");
};

/**
 * What a page may do: run our own files and the scripts that the build put into the page itself, each known by its hash.
 * Style attributes are allowed, because charts position things with them; style elements only when the build made them.
 */
export function pagePolicy(html: string): string {
  const scripts = hashesOf(html, "script");
  const styles = hashesOf(html, "style");
  return [
    "default-src 'self'",
    ["script-src 'self'", ...scripts].join(" "),
    ["style-src 'self'", ...styles].join(" "),
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function hashesOf(html: string, element: "script" | "style"): string[] {
  const inline = new RegExp(`<${element}(?![^>]*\\ssrc=)[^>]*>([\\s\\S]*?)</${element}>`, "gi");
  return [...html.matchAll(inline)].map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}
