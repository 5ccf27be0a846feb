import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { Id, Name, Sha256, ShortText, Timestamp } from "./primitives.ts";

/** What a person is there for. What each may do is decided in one table: `services/domain/people/permissions.ts`. */
export const Role = Type.Union([
  Type.Literal("admin"),
  Type.Literal("policy_engineer"),
  Type.Literal("approver"),
  Type.Literal("lead"),
  Type.Literal("compliance"),
  /** Reads everything that is not sealed and changes nothing. */
  Type.Literal("auditor"),
]);
export type Role = Static<typeof Role>;

export const Roles = Type.Array(Role, { minItems: 1, maxItems: 6, uniqueItems: true });
/** None: of every team. */
export const Teams = Type.Array(Name, { maxItems: 100, uniqueItems: true });

export const PersonRegistered = event(
  "person.registered",
  1,
  "platform",
  "Somebody may sign in. The id is random and says nothing about them; the name is theirs and is kept nowhere else.",
  Type.Object({ personId: Id, name: Name, roles: Roles, teams: Teams }),
);

export const PersonChanged = event(
  "person.changed",
  1,
  "platform",
  "Somebody's name, roles or teams were changed. Holds from the next request on.",
  Type.Object({ personId: Id, name: Type.Optional(Name), roles: Type.Optional(Roles), teams: Type.Optional(Teams) }),
);

export const PersonTokenIssued = event(
  "person.token.issued",
  1,
  "platform",
  "A token was made. Only its SHA-256 is kept: the token has 256 random bits, so a slow hash adds nothing.",
  Type.Object({ personId: Id, tokenId: Id, sha256: Sha256, expires: Type.Optional(Timestamp) }),
);

export const PersonTokenRevoked = event(
  "person.token.revoked",
  1,
  "platform",
  "A token no longer opens anything, and what was signed in with it is signed out.",
  Type.Object({ personId: Id, tokenId: Id, reason: Type.Optional(ShortText) }),
);

export const PersonRemoved = event(
  "person.removed",
  1,
  "platform",
  "Somebody may no longer sign in, with no token. What they did stays on record under their id.",
  Type.Object({ personId: Id, reason: Type.Optional(ShortText) }),
);

export const personEvents = [PersonRegistered, PersonChanged, PersonTokenIssued, PersonTokenRevoked, PersonRemoved] as const;
