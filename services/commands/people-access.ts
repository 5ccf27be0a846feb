import { randomBytes } from "node:crypto";
import type { Person, PersonPage, PersonSecret } from "../../schemas/api.ts";
import type { NewPerson, NewToken, Outcome } from "../api/deps.ts";
import type { Flags } from "../config.ts";
import { openPeopleRegistry } from "../people/registry.ts";
import { makePeopleDesk } from "../wiring/people-desk.ts";
import { type Call, OPERATOR, onPlatform, type Stopped } from "./on-platform.ts";

/** A new token. Without a running platform there is nobody who could take a sign-in link. */
export type Secret = NewToken & Partial<Pick<PersonSecret, "signIn">>;

/** What the commands do to people, wherever they are kept at the moment. Each throws an Error with a sentence for the user. */
export interface People {
  list(): Promise<readonly Person[]>;
  add(person: NewPerson): Promise<Secret>;
  change(id: string, change: Partial<NewPerson>): Promise<Person>;
  remove(id: string, reason: string | undefined): Promise<Person>;
  issueToken(id: string, expires: string | null): Promise<Secret>;
  revokeToken(id: string, tokenId: string, reason: string | undefined): Promise<Person>;
}

/** Through the running platform, or in the store itself while nothing runs. */
export function withPeople<Answer>(flags: Flags, work: (people: People) => Promise<Answer>): Promise<Answer> {
  return onPlatform(flags, { running: (call) => work(running(call)), stopped: async (open) => work(await stopped(open)) });
}

function running(call: Call): People {
  const pathOf = (id: string): string => `/api/v1/people/${encodeURIComponent(id)}`;
  const withReason = (path: string, reason: string | undefined): string =>
    reason === undefined ? path : `${path}?reason=${encodeURIComponent(reason)}`;
  return {
    async list() {
      const people: Person[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: PersonPage = await call("GET", `/api/v1/people?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        people.push(...page.items);
        cursor = page.next;
      }
      return people;
    },
    add: (person) => call("POST", "/api/v1/people", person),
    change: (id, change) => call("PATCH", pathOf(id), change),
    remove: (id, reason) => call("DELETE", withReason(pathOf(id), reason)),
    issueToken: (id, expires) => call("POST", `${pathOf(id)}/tokens`, { expires }),
    revokeToken: (id, tokenId, reason) => call("DELETE", withReason(`${pathOf(id)}/tokens/${encodeURIComponent(tokenId)}`, reason)),
  };
}

async function stopped({ store, stack }: Stopped): Promise<People> {
  const registry = stack.use(await openPeopleRegistry({ store, now: Date.now, random: randomBytes }));
  const desk = makePeopleDesk(registry);
  return {
    list: async () => desk.list({ limit: 100_000, cursor: null }).items,
    add: async (person) => done(await desk.register(person, OPERATOR)),
    change: async (id, change) => done(await desk.change(id, change, OPERATOR)),
    remove: async (id, reason) => done(await desk.remove(id, reason, OPERATOR)),
    issueToken: async (id, expires) => done(await desk.issueToken(id, expires, OPERATOR)),
    revokeToken: async (id, tokenId, reason) => done(await desk.revokeToken(id, tokenId, reason, OPERATOR)),
  };
}

function done<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind !== "ok") throw new Error(outcome.reason);
  return outcome.value;
}
