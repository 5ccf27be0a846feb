import type { AutonomyView } from "../../../../schemas/autonomy-api.ts";
import type { Role } from "../../../../schemas/person.ts";
import type { Signer } from "./ladder.ts";

type Proposal = NonNullable<AutonomyView["proposal"]>;

/** Which roles of a person sign as what, so that nothing is offered that the platform would refuse. */
const SIGNS_AS: Readonly<Record<Signer, readonly Role[]>> = {
  team_lead: ["lead", "admin"],
  service_owner: ["lead", "admin"],
  policy_owner: ["policy_engineer", "admin"],
  executive: ["admin"],
};

/** The signatures that are still missing: two executives are two. */
export function openSigners({ signers, signatures }: Proposal): Signer[] {
  const open = [...signers] as Signer[];
  for (const { role } of signatures) {
    const place = open.indexOf(role as Signer);
    if (place >= 0) open.splice(place, 1);
  }
  return open;
}

/** Of these, what somebody with such roles may sign as, each once. */
export const signableBy = (open: readonly Signer[], roles: readonly Role[]): Signer[] => [
  ...new Set(open.filter((signer) => SIGNS_AS[signer].some((role) => roles.includes(role)))),
];
