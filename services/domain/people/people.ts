import type { TObject } from "typebox";
import type { DataOf, EventSchema } from "../../../schemas/event.ts";
import {
  PersonChanged,
  PersonRegistered,
  PersonRemoved,
  PersonTokenIssued,
  PersonTokenRevoked,
  type Role,
} from "../../../schemas/person.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, factOf } from "../fact.ts";
import { type Credential, notIssued } from "./credential.ts";

export interface PersonToken extends Credential {
  readonly tokenId: string;
}

/** Where one person's stream stands. */
export interface PersonState {
  readonly personId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Empty: of every team. */
  readonly teams: readonly string[];
  readonly registeredAt: string;
  readonly removedAt: string | null;
  readonly tokens: readonly PersonToken[];
}

export type PersonCommand =
  | ({ readonly kind: "register" } & DataOf<typeof PersonRegistered>)
  | ({ readonly kind: "change" } & DataOf<typeof PersonChanged>)
  | ({ readonly kind: "issue_token" } & DataOf<typeof PersonTokenIssued>)
  | ({ readonly kind: "revoke_token" } & DataOf<typeof PersonTokenRevoked>)
  | ({ readonly kind: "remove" } & DataOf<typeof PersonRemoved>);

/** What a decision needs to know beyond the person's own stream. */
export interface PersonCircumstances {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly by: Actor;
  readonly nameTaken: boolean;
  /** Whether somebody else is an administrator, too. */
  readonly otherAdmins: boolean;
}

export type PersonRefusal = {
  readonly kind: "unknown_person" | "unknown_token" | "taken" | "name_taken" | "too_many" | "last_admin" | "invalid";
  readonly reason: string;
};

/** Acts, stays quiet (what is wanted is so already), or refuses. */
export type PersonDecision = { readonly kind: "acts"; readonly fact: Fact } | { readonly kind: "quiet" } | PersonRefusal;

const UNKNOWN: PersonRefusal = { kind: "unknown_person", reason: "no person has this id; `andon people list` shows those there are" };
const NAME_TAKEN: PersonRefusal = { kind: "name_taken", reason: "another person has this name; choose one that tells them apart" };
const LAST_ADMIN: PersonRefusal = { kind: "last_admin", reason: "this is the last administrator; make somebody else one first" };

/** @param state null: nothing is known of this person */
export function decidePerson(state: PersonState | null, command: PersonCommand, now: PersonCircumstances): PersonDecision {
  const { kind, ...data } = command;
  if (kind === "register") return register(state, data as DataOf<typeof PersonRegistered>, now);
  if (!state) return UNKNOWN;
  // Whoever was removed has no token left, and comes back only as somebody new.
  if (state.removedAt !== null) return kind === "remove" || kind === "revoke_token" ? { kind: "quiet" } : UNKNOWN;
  switch (kind) {
    case "change":
      return change(state, data as DataOf<typeof PersonChanged>, now);
    case "issue_token":
      return issueToken(state, data as DataOf<typeof PersonTokenIssued>, now);
    case "revoke_token":
      return revokeToken(state, data as DataOf<typeof PersonTokenRevoked>, now);
    case "remove":
      return isAdmin(state.roles) && !now.otherAdmins ? LAST_ADMIN : act(PersonRemoved, data, now);
  }
}

function register(state: PersonState | null, data: DataOf<typeof PersonRegistered>, now: PersonCircumstances): PersonDecision {
  if (!state) return now.nameTaken ? NAME_TAKEN : act(PersonRegistered, data, now);
  const same = state.removedAt === null && state.name === data.name && sameSet(state.roles, data.roles) && sameSet(state.teams, data.teams);
  return same ? { kind: "quiet" } : { kind: "taken", reason: "this person is registered already, with other details; change them instead" };
}

/** Only what really changes is recorded. */
function change(state: PersonState, { name, roles, teams }: DataOf<typeof PersonChanged>, now: PersonCircumstances): PersonDecision {
  const changes = {
    ...(name !== undefined && name !== state.name && { name }),
    ...(roles !== undefined && !sameSet(roles, state.roles) && { roles }),
    ...(teams !== undefined && !sameSet(teams, state.teams) && { teams }),
  };
  if (Object.keys(changes).length === 0) return { kind: "quiet" };
  if ("name" in changes && now.nameTaken) return NAME_TAKEN;
  if (roles !== undefined && isAdmin(state.roles) && !isAdmin(roles) && !now.otherAdmins) return LAST_ADMIN;
  return act(PersonChanged, { personId: state.personId, ...changes }, now);
}

function issueToken(state: PersonState, data: DataOf<typeof PersonTokenIssued>, now: PersonCircumstances): PersonDecision {
  const known = state.tokens.find(({ tokenId }) => tokenId === data.tokenId);
  const { sha256, expires } = data;
  return notIssued(state.tokens, { known, sha256, expires, at: now.at, word: "token" }) ?? act(PersonTokenIssued, data, now);
}

function revokeToken(state: PersonState, data: DataOf<typeof PersonTokenRevoked>, now: PersonCircumstances): PersonDecision {
  const known = state.tokens.find(({ tokenId }) => tokenId === data.tokenId);
  if (!known) return { kind: "unknown_token", reason: "this person has no such token" };
  return known.revokedAt === null ? act(PersonTokenRevoked, data, now) : { kind: "quiet" };
}

function act<Data extends TObject>(
  schema: EventSchema<Data>,
  data: Readonly<Record<string, unknown>>,
  { by }: PersonCircumstances,
): PersonDecision {
  const fact = factOf(schema, data, by);
  return "schema" in fact ? { kind: "acts", fact } : fact;
}

export const isAdmin = (roles: readonly Role[]): boolean => roles.includes("admin");

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));
