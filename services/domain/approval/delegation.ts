import { ApprovalDelegated, ApprovalDelegationEnded } from "../../../schemas/approval.ts";
import type { DataOf } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import { acts, dataOf, factOf, type Happened } from "../fact.ts";
import type { ApprovalDecision, Lent } from "./commands.ts";

const LONGEST_MS = 90 * 24 * 60 * 60 * 1000;
const MOST_LIVE = 20;

/** Roles that a person has lent to another. Moments are milliseconds. */
export interface Delegation {
  readonly delegationId: string;
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly until: number;
  readonly ended: boolean;
}

export type DelegationCommand =
  | ({ readonly kind: "delegate" } & DataOf<typeof ApprovalDelegated>)
  | { readonly kind: "end"; readonly delegationId: string };

/** @param own roles of the one who lends; what was lent to them is not theirs to lend on */
export function decideDelegation(
  given: readonly Delegation[],
  command: DelegationCommand,
  { at, by, own }: { readonly at: number; readonly by: Actor; readonly own: readonly string[] },
): ApprovalDecision {
  if (by.kind !== "human") return { kind: "people_only", reason: "only people lend their roles" };
  const { kind, ...data } = command;
  if (kind === "end") {
    const known = given.find(({ delegationId }) => delegationId === data.delegationId);
    if (!known) return { kind: "invalid", reason: "you have given no such delegation" };
    return isLive(known, at) ? acts(factOf(ApprovalDelegationEnded, { delegationId: known.delegationId }, by)) : { kind: "quiet" };
  }
  const { to, roles, until } = data as DataOf<typeof ApprovalDelegated>;
  if (to === by.id) return { kind: "invalid", reason: "roles are lent to somebody else" };
  const missing = roles.filter((role) => !own.includes(role));
  if (missing.length > 0)
    return { kind: "wrong_role", reason: "you can lend your own roles only, not those that were lent to you or that you do not have" };
  const length = Date.parse(until) - at;
  if (!(length > 0 && length <= LONGEST_MS)) return { kind: "invalid", reason: "a delegation ends in the future, within 90 days" };
  if (given.filter((each) => isLive(each, at)).length >= MOST_LIVE) {
    return { kind: "invalid", reason: `you have ${MOST_LIVE} delegations running; end those that are not needed` };
  }
  return acts(factOf(ApprovalDelegated, data, by));
}

/** Takes one event of the stream of what one person has lent. */
export function foldDelegations(given: readonly Delegation[], event: Happened): readonly Delegation[] {
  const lent = dataOf(ApprovalDelegated, event);
  if (lent) {
    const { delegationId, to, roles, until } = lent;
    return [...given, { delegationId, from: event.actorid, to, roles, until: Date.parse(until), ended: false }];
  }
  const back = dataOf(ApprovalDelegationEnded, event);
  return back ? given.map((each) => (each.delegationId === back.delegationId ? { ...each, ended: true } : each)) : given;
}

const isLive = ({ ended, until }: Delegation, nowMs: number): boolean => !ended && nowMs < until;

/** What was lent to a person and still is. @param rolesOf roles that somebody has now: nobody lends what was taken from them */
export const lentTo = (
  person: string,
  all: Iterable<Delegation>,
  nowMs: number,
  rolesOf: (person: string) => readonly string[],
): readonly Lent[] =>
  [...all]
    .filter((each) => each.to === person && isLive(each, nowMs))
    .map(({ from, roles }) => ({ from, roles: roles.filter((role) => rolesOf(from).includes(role)) }));
