import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Approvals, openApprovals } from "../approvals/approvals.ts";
import { grantOf, type Member, rolesWith } from "../domain/people/permissions.ts";
import type { PeopleRegistry } from "../people/registry.ts";
import type { EventStore } from "../ports/event-store.ts";

const EXPIRE_MS = 5_000;
/** Whoever holds the first-run token: see the API's administrator. */
const ADMINISTRATOR = { personId: "admin", roles: ["admin"], teams: [] } as const;

interface Parts {
  readonly store: EventStore;
  readonly people: PeopleRegistry;
  /** Digests of the policy bundles at work. */
  readonly policies: () => readonly string[];
}

/** Approvals by the people of this organisation. */
export function approvalsOf({ store, people, policies }: Parts): Promise<Approvals> {
  const memberOf = (person: string): Member | null =>
    person === ADMINISTRATOR.personId ? ADMINISTRATOR : (people.list().find(({ personId }) => personId === person) ?? null);
  return openApprovals({
    store,
    now: Date.now,
    random: randomBytes,
    rolesOf(person, team) {
      const member = memberOf(person);
      return member && worksFor(member, team) ? rolesOf(member) : [];
    },
    heldBy(person) {
      const member = memberOf(person);
      return member ? rolesOf(member) : [];
    },
    // Nobody is registered as the owner of an agent.
    ownersOf: () => [],
    policies,
    mayBreakGlass(person) {
      const member = memberOf(person);
      return member !== null && grantOf(member, "break_glass") !== null;
    },
  });
}

/** An administrator answers in every role, so that a small company is not locked out; never twice for one request. */
const rolesOf = ({ roles }: Member): readonly string[] => (roles.includes("admin") ? rolesWith("own_account") : roles);

/** Somebody without teams works for all of them; what belongs to no team is theirs alone. */
const worksFor = ({ teams }: Member, team: string | null): boolean => teams.length === 0 || (team !== null && teams.includes(team));

/** Records what the clock asks of approvals, until the signal aborts. */
export async function keepExpiring(approvals: Approvals, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await approvals.expire(Date.now());
    await sleep(EXPIRE_MS, undefined, { signal }).catch(() => {});
  }
}
