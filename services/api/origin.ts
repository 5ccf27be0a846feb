import type { Context } from "hono";

/** Where the caller reaches us: what agents should be told, too. */
export function originOf(context: Context, behindProxy: boolean): string {
  const { protocol, host } = new URL(context.req.url);
  if (!behindProxy) return `${protocol}//${host}`;
  return `${context.req.header("x-forwarded-proto") ?? protocol.slice(0, -1)}://${context.req.header("x-forwarded-host") ?? host}`;
}
