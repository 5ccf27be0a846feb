import type { Role } from "../../../schemas/person.ts";

interface Holders {
  /** Hold it for every team. */
  readonly roles: readonly Role[];
  /** Hold it for their own teams; for every team when they have none. */
  readonly ofTheirTeams?: readonly Role[];
}

const EVERYBODY: readonly Role[] = ["admin", "policy_engineer", "approver", "lead", "compliance", "auditor"];

/** Who may do what: the one table. What is not in it nobody may. */
export const PERMISSIONS = {
  /** To see who one is, to sign another browser in, to sign out. */
  own_account: { roles: EVERYBODY },
  /** Everything that is not sealed. */
  read: { roles: EVERYBODY },
  manage_people: { roles: ["admin"] },
  manage_agents: { roles: ["admin"], ofTheirTeams: ["lead"] },
  change_prices: { roles: ["admin"] },
  change_attribution: { roles: ["admin"] },
  /** To propose, sign and take away levels; who signs as what is another table. */
  manage_autonomy: { roles: ["admin", "policy_engineer"], ofTheirTeams: ["lead"] },
  manage_budgets: { roles: ["admin"] },
  /** To seal cases that agents never see, to retire them, and to put them to a candidate. */
  manage_holdback: { roles: ["admin", "policy_engineer"] },
  settle_quarantine: { roles: ["admin", "compliance"] },
  edit_policies: { roles: ["admin", "policy_engineer"] },
  /** To approve alone in an emergency, which somebody else looks at afterwards. */
  break_glass: { roles: ["admin", "lead"] },
  decide_approvals: { roles: ["admin", "compliance"], ofTheirTeams: ["approver", "lead"] },
  /** To stop is never wrong: whoever works with the factory may, in any team. */
  pull_cord: { roles: ["admin", "policy_engineer", "approver", "lead", "compliance"] },
  release_cord: { roles: ["admin"], ofTheirTeams: ["approver", "lead"] },
  read_sealed: { roles: ["admin", "compliance"] },
} as const satisfies Readonly<Record<string, Holders>>;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as readonly Permission[];

/** Somebody with roles, perhaps for some teams only. */
export interface Member {
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
}

export interface Grant {
  /** null: for every team. */
  readonly teams: readonly string[] | null;
}

/** What somebody holds of a permission; null: nothing. */
export function grantOf({ roles, teams }: Member, permission: Permission): Grant | null {
  const holders: Holders = PERMISSIONS[permission];
  if (roles.some((role) => holders.roles.includes(role))) return { teams: null };
  if (!roles.some((role) => holders.ofTheirTeams?.includes(role))) return null;
  return { teams: teams.length > 0 ? teams : null };
}

/** Whether somebody may do this to something of a team. */
export function mayIn(member: Member, permission: Permission, team: string): boolean {
  const grant = grantOf(member, permission);
  return grant !== null && (grant.teams === null || grant.teams.includes(team));
}

/** The roles that have it, for all teams or for their own. */
export function rolesWith(permission: Permission): readonly Role[] {
  const { roles, ofTheirTeams = [] }: Holders = PERMISSIONS[permission];
  return [...roles, ...ofTheirTeams];
}
