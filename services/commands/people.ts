import type { Person } from "../../schemas/api.ts";
import { Role } from "../../schemas/person.ts";
import type { NewPerson } from "../api/deps.ts";
import type { Flags } from "../config.ts";
import { sameName } from "../domain/same-name.ts";
import { readExpiry } from "./expiry.ts";
import { type People, type Secret, withPeople } from "./people-access.ts";

type Print = (line: string) => void;
type Shared = Flags & { readonly json?: boolean };
type Expiring = Shared & { readonly expires?: string };
type Details = Shared & { readonly role?: readonly string[]; readonly team?: readonly string[] };
type Change = Details & { readonly name?: string; readonly allTeams?: boolean };
type Token = Expiring & { readonly revoke?: string; readonly reason?: string };

/** Lets somebody sign in. */
export async function add(name: string, flags: Details & Expiring, print: Print): Promise<number> {
  const expires = expiryOf(flags);
  const person: NewPerson = { name, roles: rolesOf(flags) ?? [], teams: flags.team ?? [], ...(expires !== null && { expires }) };
  return showSecret(await withPeople(flags, (people) => people.add(person)), flags, print);
}

export async function list(flags: Shared, print: Print): Promise<number> {
  const found = await withPeople(flags, (people) => people.list());
  if (flags.json) print(JSON.stringify(found, null, 2));
  else if (found.length === 0) print("Nobody is registered yet: ./andon people add NAME --role ROLE");
  else for (const person of found) print(lineOf(person));
  return 0;
}

/** @param who name or id */
export async function change(who: string, flags: Change, print: Print): Promise<number> {
  const roles = rolesOf(flags);
  const teams = flags.allTeams ? [] : flags.team;
  const changes = { ...(flags.name !== undefined && { name: flags.name }), ...(roles && { roles }), ...(teams && { teams }) };
  if (Object.keys(changes).length === 0) throw new Error("Say what to change: --name, --role, --team or --all-teams.");
  const changed = await withPeople(flags, async (people) => people.change(await idOf(people, who), changes));
  print(flags.json ? JSON.stringify(changed, null, 2) : lineOf(changed));
  return 0;
}

/** @param who name or id */
export async function remove(who: string, flags: Flags & { readonly reason?: string }, print: Print): Promise<number> {
  const gone = await withPeople(flags, async (people) => people.remove(await idOf(people, who), flags.reason));
  print(`${gone.name} (${gone.id}) may no longer sign in.`);
  return 0;
}

/** Makes another token, or revokes one. @param who name or id */
export async function token(who: string, flags: Token, print: Print): Promise<number> {
  const { revoke, reason } = flags;
  const expires = expiryOf(flags);
  if (revoke === undefined) {
    return showSecret(await withPeople(flags, async (people) => people.issueToken(await idOf(people, who), expires)), flags, print);
  }
  const left = await withPeople(flags, async (people) => people.revokeToken(await idOf(people, who), revoke, reason));
  print(flags.json ? JSON.stringify(left, null, 2) : `Token ${revoke} of ${left.name} opens nothing any more.`);
  return 0;
}

function showSecret(made: Secret, { json }: Shared, print: Print): number {
  if (json) {
    print(JSON.stringify(made, null, 2));
    return 0;
  }
  print(lineOf(made.person));
  print(`\nThe token, shown this once:\n\n  ${made.token}\n`);
  if (made.signIn) print(`To sign in once, until ${made.signIn.expires}:\n\n  ${made.signIn.url}`);
  else print("Sign-in links are made while Andon runs; the token works as soon as it does.");
  return 0;
}

function lineOf({ id, name, roles, teams, tokens }: Person): string {
  const live = tokens.filter(({ revokedAt }) => revokedAt === null).map(({ tokenId }) => tokenId);
  const of = teams.length > 0 ? ` of ${teams.join(", ")}` : "";
  return `${name.padEnd(28)} ${id}  ${roles.join(", ")}${of}; tokens: ${live.join(", ") || "none"}`;
}

const ROLES: readonly string[] = Role.anyOf.map((each) => each.const);

function rolesOf({ role }: Details): Role[] | undefined {
  const unknown = role?.filter((each) => !ROLES.includes(each)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no role "${unknown.join('", "')}". Roles: ${ROLES.join(", ")}.`);
  return role as Role[] | undefined;
}

function expiryOf({ expires }: Expiring): string | null {
  if (expires === undefined) return null;
  const moment = readExpiry(expires, Date.now());
  if (moment !== null) return moment;
  throw new Error("--expires takes a number of days (90d), a day (2027-01-31) or a moment with a zone (2027-01-31T18:00:00Z).");
}

async function idOf(people: People, who: string): Promise<string> {
  const found = (await people.list()).find(({ id, name }) => id === who || sameName(name) === sameName(who));
  if (!found) throw new Error("Nobody has this name or id; ./andon people list shows those there are.");
  return found.id;
}
