import {
  ApprovalConsumed,
  ApprovalEscalated,
  ApprovalExpired,
  ApprovalFollowUpClosed,
  ApprovalRequested,
  ApprovalRevoked,
} from "../../../schemas/approval.ts";
import type { Actor } from "../envelope.ts";
import { acts, factOf, happenedAt } from "../fact.ts";
import type { ApprovalCircumstances, ApprovalCommand, ApprovalDecision, ApprovalRefusal } from "./commands.ts";
import { foldApproval } from "./fold.ts";
import { type Approval, type ApprovalStatus, areIdentical, statusAt } from "./state.ts";
import { breakGlass, castVote, otherBytes, otherPolicy } from "./vote.ts";

type Of<Kind extends ApprovalCommand["kind"]> = Extract<ApprovalCommand, { kind: Kind }>;

/** The hand of the clock. */
const CLOCK: Actor = { kind: "service", id: "approvals" };

/** @param approval null: nothing is known of it */
export function decideApproval(approval: Approval | null, command: ApprovalCommand, now: ApprovalCircumstances): ApprovalDecision {
  if (command.kind === "request") return request(approval, command, now);
  if (!approval) return { kind: "unknown_approval", reason: "there is no such approval" };
  switch (command.kind) {
    case "vote":
      return refuseSettled(approval, now) ?? castVote(approval, command, now);
    case "break_glass":
      return refuseSettled(approval, now) ?? breakGlass(approval, command, now);
    case "consume":
      return consume(approval, command, now);
    case "revoke":
      return revoke(approval, command, now);
    case "escalate":
      return escalate(approval, now);
    case "close_follow_up":
      return closeFollowUp(approval, command, now);
    case "tick":
      return tick(approval, now);
  }
}

/** The same request of the same decision again is the same approval. */
function request(approval: Approval | null, { kind: _kind, ...data }: Of<"request">, now: ApprovalCircumstances): ApprovalDecision {
  if (!approval) {
    if (!(Date.parse(data.expires) > now.at)) return { kind: "invalid", reason: "an approval must expire in the future" };
    return acts(factOf(ApprovalRequested, data, now.by));
  }
  const again = foldApproval(null, happenedAt({ schema: ApprovalRequested as never, data, actor: now.by }, now.at)) as Approval;
  const sameAsker = again.requester.kind === approval.requester.kind && again.requester.id === approval.requester.id;
  if (sameAsker && approval.decisionId === data.decisionId && areIdentical(approval, again)) return { kind: "quiet" };
  return { kind: "taken", reason: "this decision has asked for another approval already; a new request needs a new decision" };
}

/** Who comes second is told what happened. */
function refuseSettled(approval: Approval, { at }: ApprovalCircumstances): ApprovalRefusal | null {
  const status = statusAt(approval, at);
  if (status === "waiting") return null;
  if (status === "expired")
    return { kind: "expired", reason: `its time was up at ${new Date(approval.expires).toISOString()}; it has to be asked again` };
  const who = approval.glass ? `${approval.settledBy}, who broke the glass` : approval.settledBy;
  const hint = status === "approved" ? "; revoke it if that was wrong" : "";
  return {
    kind: "settled",
    reason: `it was ${status} by ${who} at ${new Date(approval.since).toISOString()}, nothing is left to decide${hint}`,
  };
}

/**
 * Exactly once, for exactly what was approved, by the one who asked, under the policies that asked. The same decision again
 * is the same use: after a crash before it was recorded it is made again.
 */
function consume(approval: Approval, { decisionId, digest, policy }: Of<"consume">, { at, by }: ApprovalCircumstances): ApprovalDecision {
  const { approvalId, requester, consumedBy } = approval;
  if (by.kind !== requester.kind || by.id !== requester.id) {
    return { kind: "other_requester", reason: "somebody else asked for this approval; it is worth nothing to others" };
  }
  if (digest !== approval.digest) return otherBytes;
  if (policy !== approval.policy) return otherPolicy;
  const status = statusAt(approval, at);
  if (status === "consumed" && consumedBy === decisionId) return { kind: "quiet" };
  if (status === "consumed") return { kind: "consumed", reason: `it was used by the decision ${consumedBy}; an approval is good for one` };
  if (status === "expired") return { kind: "expired", reason: "its time is up; it has to be asked again" };
  if (status !== "approved") return { kind: "not_approved", reason: `it is ${status}, not approved` };
  return acts(factOf(ApprovalConsumed, { approvalId, decisionId, digest, policy }, by));
}

/** Taking back only tightens: any person may, and who asked. */
function revoke(approval: Approval, { reason }: Of<"revoke">, { at, by }: ApprovalCircumstances): ApprovalDecision {
  const { approvalId, requester } = approval;
  const asker = by.kind === requester.kind && by.id === requester.id;
  if (by.kind !== "human" && !asker) return { kind: "people_only", reason: "only people, and who asked, take an approval back" };
  const status = statusAt(approval, at);
  if (status === "revoked") return { kind: "quiet" };
  const open: readonly ApprovalStatus[] = ["waiting", "approved"];
  if (!open.includes(status)) return { kind: "settled", reason: `it is ${status}; there is nothing to take back` };
  return acts(factOf(ApprovalRevoked, { approvalId, reason }, by));
}

/** To those whom the policy named for it, and to nobody else: else this would be a way around the roles. */
function escalate(approval: Approval, now: ApprovalCircumstances): ApprovalDecision {
  const settled = refuseSettled(approval, now);
  if (settled) return settled;
  if (now.by.kind === "agent") return { kind: "people_only", reason: "only people escalate; who waits is reminded by the clock" };
  if (!approval.escalation) return { kind: "not_now", reason: "the policy names nobody above; revoke this and ask in another way" };
  if (approval.escalated) return { kind: "quiet" };
  const { approvalId, escalation } = approval;
  return acts(factOf(ApprovalEscalated, { approvalId, because: "asked", roles: escalation.roles }, now.by));
}

function closeFollowUp(
  approval: Approval,
  { kind: _kind, ...data }: Of<"close_follow_up">,
  { by }: ApprovalCircumstances,
): ApprovalDecision {
  const { approvalId, glass } = approval;
  if (!glass) return { kind: "not_now", reason: "nobody broke the glass here" };
  if (by.kind !== "human") return { kind: "people_only", reason: "only people look at an emergency" };
  if (glass.closed) return { kind: "settled", reason: `${glass.closed.by} has closed it already` };
  if (glass.by === by.id) return { kind: "own_request", reason: "you broke the glass: somebody else has to look at it" };
  return acts(factOf(ApprovalFollowUpClosed, { approvalId, ...data }, by));
}

function tick(approval: Approval, { at }: ApprovalCircumstances): ApprovalDecision {
  const { approvalId, status, escalation, escalated } = approval;
  if (statusAt(approval, at) === "expired" && (status === "waiting" || status === "approved")) {
    return acts(factOf(ApprovalExpired, { approvalId, was: status }, CLOCK));
  }
  if (status === "waiting" && escalation && !escalated && at >= escalation.at) {
    return acts(factOf(ApprovalEscalated, { approvalId, because: "overdue", roles: escalation.roles }, CLOCK));
  }
  return { kind: "quiet" };
}
