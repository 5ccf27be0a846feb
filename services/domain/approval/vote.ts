import { ApprovalDecided, ApprovalGlassBroken, ApprovalVoted } from "../../../schemas/approval.ts";
import { acts, factOf } from "../fact.ts";
import type { ApprovalCircumstances, ApprovalCommand, ApprovalDecision, ApprovalRefusal } from "./commands.ts";
import { type Approval, isMet, rolesFor, type Vote } from "./state.ts";

/** An emergency is explained within a day. */
const FOLLOW_UP_MS = 24 * 60 * 60 * 1000;

/** @param approval waits, and its time is not up */
export function castVote(
  approval: Approval,
  { vote, digest, reason, viewMs }: Extract<ApprovalCommand, { kind: "vote" }>,
  now: ApprovalCircumstances,
): ApprovalDecision {
  const { approvalId, policy, votes } = approval;
  const stranger = refusePerson(approval, now.by.id, now) ?? refuseContent(approval, digest, now);
  if (stranger) return stranger;
  const seat = seatOf(approval, now);
  if ("kind" in seat) return seat;
  if (vote === "approve") {
    const mine = votes.find(({ by }) => by === now.by.id);
    if (mine) return { kind: "quiet" };
    const taken = votes.find(({ by, onBehalfOf }) => [by, onBehalfOf].includes(seat.onBehalfOf ?? now.by.id));
    if (taken)
      return {
        kind: "voted",
        reason: "the one whose roles these are has voted already, or another has for them; a role's holder counts once",
      };
  }
  const cast: Vote = { by: now.by.id, vote, at: now.at, ...seat };
  const voted = {
    approvalId,
    vote,
    digest,
    policy,
    roles: seat.roles,
    ...(seat.onBehalfOf !== null && { onBehalfOf: seat.onBehalfOf }),
    ...(reason !== undefined && { reason }),
    ...(viewMs !== undefined && { viewMs }),
  };
  const all = [...votes, cast];
  const outcome = vote === "refuse" ? "refused" : isMet(approval, all) ? "approved" : null;
  const people = new Set(all.filter((each) => each.vote === vote).map(({ by }) => by)).size;
  const fact = factOf(ApprovalVoted, voted, now.by);
  return outcome === null ? acts(fact) : acts(fact, factOf(ApprovalDecided, { approvalId, outcome, people }, now.by));
}

/** One person decides alone, in an emergency. It lifts the quorum and the roles, never the rule about one's own requests. */
export function breakGlass(
  approval: Approval,
  { digest, reason }: Extract<ApprovalCommand, { kind: "break_glass" }>,
  now: ApprovalCircumstances,
): ApprovalDecision {
  const stranger = refusePerson(approval, now.by.id, now) ?? refuseContent(approval, digest, now);
  if (stranger) return stranger;
  if (!now.mayBreakGlass) return { kind: "wrong_role", reason: "your roles do not let you break the glass; ask somebody whose roles do" };
  const { approvalId, policy } = approval;
  const followUpDue = new Date(now.at + FOLLOW_UP_MS).toISOString();
  return acts(
    factOf(ApprovalGlassBroken, { approvalId, digest, policy, reason, followUpDue }, now.by),
    factOf(ApprovalDecided, { approvalId, outcome: "approved", people: 1 }, now.by),
  );
}

/** Nobody decides about what they asked for themselves, what they made, or what an agent of theirs asks for or made. */
function refusePerson({ requester, authors }: Approval, person: string, { by, owners }: ApprovalCircumstances): ApprovalRefusal | null {
  if (by.kind !== "human") return { kind: "people_only", reason: "only people approve or refuse" };
  const own = [requester, ...authors].some(({ kind, id }) => kind === "human" && id === person) || owners.includes(person);
  return own
    ? { kind: "own_request", reason: "this is your own request, your own work, or that of an agent of yours: somebody else has to decide" }
    : null;
}

function refuseContent(approval: Approval, digest: string, { policies }: ApprovalCircumstances): ApprovalRefusal | null {
  if (digest !== approval.digest) return otherBytes;
  return policies.includes(approval.policy) ? null : otherPolicy;
}

export const otherBytes: ApprovalRefusal = {
  kind: "other_bytes",
  reason: "what you were shown, or want to do, is not what this approval is about; open it again, or ask for an approval of that",
};
export const otherPolicy: ApprovalRefusal = {
  kind: "other_policy",
  reason: "the policies have changed since this was asked; it has to be asked again under those that hold now",
};

/** In whose roles a person votes: the own ones, or else lent ones of somebody who could vote. */
function seatOf(approval: Approval, now: ApprovalCircumstances): Pick<Vote, "roles" | "onBehalfOf"> | ApprovalRefusal {
  const wanted = approval.needs.map((need) => rolesFor(need, approval));
  const anybody = wanted.some((roles) => roles.length === 0);
  const fitting = (held: readonly string[]): readonly string[] => [
    ...new Set(held.filter((role) => wanted.some((roles) => roles.includes(role)))),
  ];
  const own = fitting(now.roles);
  if (own.length > 0 || anybody) return { roles: own, onBehalfOf: null };
  const lent = now.lent
    .filter(({ from }) => refusePerson(approval, from, now) === null)
    .map(({ from, roles }) => ({ roles: fitting(roles), onBehalfOf: from }))
    .find(({ roles }) => roles.length > 0);
  if (lent) return lent;
  const names = [...new Set(wanted.flat())].join(", ");
  return { kind: "wrong_role", reason: `this takes somebody with one of these roles: ${names}` };
}
