import type { Role } from "../../../schemas/person.ts";
import type { Actor } from "../../domain/envelope.ts";
import type { ApiDeps } from "../deps.ts";

/** A credential of a person, named without its secret: what a signed-in browser goes on living by. */
export interface Holder {
  readonly personId: string;
  readonly tokenId: string;
}

export interface Person extends Holder {
  readonly kind: "person";
  readonly name: string;
  readonly roles: readonly Role[];
  /** Empty: of every team. */
  readonly teams: readonly string[];
  /** A cookie is sent by the browser on its own, so writes need more than it. */
  readonly via: "token" | "cookie";
}

/** Whom the credential of a request names. */
export type Caller =
  | Person
  | { readonly kind: "agent"; readonly agentId: string; readonly keyId: string }
  /** `presented`: there was a credential, and it opens nothing. */
  | { readonly kind: "nobody"; readonly presented: boolean };

/** Whoever holds the token that the first start made. It is a file on the platform's machine, so it cannot be revoked here. */
export const ADMINISTRATOR: Holder = { personId: "admin", tokenId: "admin.token" };

export const administrator = (via: Person["via"]): Person => ({
  kind: "person",
  ...ADMINISTRATOR,
  name: "Administrator",
  roles: ["admin"],
  teams: [],
  via,
});

/** Who holds this credential, as they are now; null when it no longer opens. */
export function personOf(holder: Holder, via: Person["via"], { people }: Pick<ApiDeps, "people">): Person | null {
  if (holder.personId === ADMINISTRATOR.personId) return administrator(via);
  const present = people.present(holder.personId, holder.tokenId);
  return present && { kind: "person", ...present, via };
}

/** Who is recorded as having done it. */
export function actorOf(caller: Caller): Actor {
  if (caller.kind === "nobody") throw new Error("a route that records who acts was called by nobody");
  return caller.kind === "person" ? { kind: "human", id: caller.personId } : { kind: "agent", id: caller.agentId };
}

/** For routes that only people may call. */
export function aPerson(caller: Caller): Person {
  if (caller.kind !== "person") throw new Error("a person's route was called by somebody else");
  return caller;
}
