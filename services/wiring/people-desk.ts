import type { Person } from "../../schemas/api.ts";
import type { Declined, NewToken, Outcome, PeopleDesk } from "../api/deps.ts";
import type { PersonRefusal, PersonState } from "../domain/people/people.ts";
import type { PeopleRegistry, PersonAnswer, TokenAnswer } from "../people/registry.ts";

/** The registry of people as the API and the commands speak of it. */
export function makePeopleDesk(registry: PeopleRegistry): PeopleDesk {
  return {
    authenticate: (token) => registry.authenticate(token),
    present: (personId, tokenId) => registry.present(personId, tokenId),
    whenChanged: (listener) => registry.whenChanged(listener),
    list({ limit, cursor }) {
      const all = registry.list();
      const start = cursor === null ? 0 : all.findIndex(({ personId }) => personId === cursor) + 1;
      const page = all.slice(start, start + limit);
      const next = start + limit < all.length ? (page.at(-1)?.personId ?? null) : null;
      return { items: page.map(personOf), next, asOf: null };
    },
    async register({ expires, ...person }, actor) {
      const registered = await registry.register(person, actor);
      if (registered.kind !== "done") return declined(registered);
      return secret(await registry.issueToken(registered.person.personId, expires ?? null, actor));
    },
    change: async (id, change, actor) => shown(await registry.change(id, change, actor)),
    issueToken: async (id, expires, actor) => secret(await registry.issueToken(id, expires, actor)),
    revokeToken: async (id, tokenId, reason, actor) => shown(await registry.revokeToken(id, tokenId, reason, actor)),
    remove: async (id, reason, actor) => shown(await registry.remove(id, reason, actor)),
  };
}

const shown = (answer: PersonAnswer): Outcome<Person> =>
  answer.kind === "done" ? { kind: "ok", value: personOf(answer.person) } : declined(answer);

function secret(answer: TokenAnswer): Outcome<NewToken> {
  if (answer.kind !== "issued") return declined(answer);
  const { person, token, tokenId } = answer;
  return { kind: "ok", value: { person: personOf(person), token, tokenId } };
}

function personOf({ personId, name, roles, teams, registeredAt, tokens }: PersonState): Person {
  return {
    id: personId,
    name,
    roles: [...roles],
    teams: [...teams],
    registeredAt,
    tokens: tokens.map(({ tokenId, issuedAt, expires, revokedAt }) => ({ tokenId, issuedAt, expires, revokedAt })),
  };
}

function declined({ kind, reason }: PersonRefusal): Declined {
  switch (kind) {
    case "unknown_person":
    case "unknown_token":
      return { kind: "not_found", reason };
    case "taken":
    case "name_taken":
    case "too_many":
    case "last_admin":
      return { kind: "conflict", reason };
    case "invalid":
      return { kind: "invalid", reason };
  }
}
