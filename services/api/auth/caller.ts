import type { Actor } from "../../domain/envelope.ts";

export interface Person {
  readonly kind: "person";
  readonly id: string;
  readonly name: string;
  readonly role: "admin";
  /** A cookie is sent by the browser on its own, so writes need more than it. */
  readonly via: "token" | "cookie";
}

/** Whom the credential of a request names. */
export type Caller =
  | Person
  | { readonly kind: "agent"; readonly agentId: string; readonly keyId: string }
  /** `presented`: there was a credential, and it opens nothing. */
  | { readonly kind: "nobody"; readonly presented: boolean };

/** There is one person until people have accounts of their own: whoever holds the administrator's token. */
export const administrator = (via: Person["via"]): Person => ({ kind: "person", id: "admin", name: "Administrator", role: "admin", via });

/** Who is recorded as having done it. */
export function actorOf(caller: Caller): Actor {
  if (caller.kind === "nobody") throw new Error("a route that records who acts was called by nobody");
  return caller.kind === "person" ? { kind: "human", id: caller.id } : { kind: "agent", id: caller.agentId };
}
