import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/**
 * Where a request comes from: the peer, or what the proxy in front says it saw. The last entry of `X-Forwarded-For` is the
 * proxy's own; those before it are whatever the client sent.
 */
export function addressOf(context: Context, behindProxy: boolean): string {
  const forwarded = behindProxy ? context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  if (forwarded) return forwarded;
  return (context.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? "unknown";
}
