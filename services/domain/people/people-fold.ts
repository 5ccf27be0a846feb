import { PersonChanged, PersonRegistered, PersonRemoved, PersonTokenIssued, PersonTokenRevoked } from "../../../schemas/person.ts";
import { dataOf, type Happened } from "../fact.ts";
import type { PersonState, PersonToken } from "./people.ts";

type Told = Pick<Happened, "type" | "recordedat" | "data">;

/** Takes one event of the stream `person-<id>`. Events of types it does not know change nothing. */
export function foldPerson(state: PersonState | null, event: Told): PersonState | null {
  const registered = dataOf(PersonRegistered, event);
  if (registered) return { ...registered, registeredAt: event.recordedat, removedAt: null, tokens: state?.tokens ?? [] };
  if (!state) return null;
  const changed = dataOf(PersonChanged, event);
  if (changed) {
    const { name = state.name, roles = state.roles, teams = state.teams } = changed;
    return { ...state, name, roles, teams };
  }
  const issued = dataOf(PersonTokenIssued, event);
  if (issued) {
    const { tokenId, sha256, expires = null } = issued;
    return { ...state, tokens: [...state.tokens, { tokenId, sha256, issuedAt: event.recordedat, expires, revokedAt: null }] };
  }
  const revoked = dataOf(PersonTokenRevoked, event);
  if (revoked) return { ...state, tokens: ended(state.tokens, event, ({ tokenId }) => tokenId === revoked.tokenId) };
  if (!dataOf(PersonRemoved, event)) return state;
  return { ...state, removedAt: state.removedAt ?? event.recordedat, tokens: ended(state.tokens, event, () => true) };
}

/** The first moment of an end stays. */
const ended = (tokens: readonly PersonToken[], { recordedat }: Told, which: (token: PersonToken) => boolean): PersonToken[] =>
  tokens.map((token) => (which(token) && token.revokedAt === null ? { ...token, revokedAt: recordedat } : token));
