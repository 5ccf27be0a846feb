import {
  ApprovalConsumed,
  ApprovalDecided,
  ApprovalEscalated,
  ApprovalExpired,
  ApprovalFollowUpClosed,
  ApprovalGlassBroken,
  ApprovalRequested,
  ApprovalRevoked,
  ApprovalVoted,
} from "../../../schemas/approval.ts";
import type { DataOf } from "../../../schemas/event.ts";
import { dataOf, type Happened } from "../fact.ts";
import type { Approval, ApprovalStatus } from "./state.ts";

/** Takes one event of a stream `approval-<id>`. Events of types it does not know change nothing. */
export function foldApproval(approval: Approval | null, event: Happened): Approval | null {
  const at = Date.parse(event.recordedat);
  const requested = dataOf(ApprovalRequested, event);
  if (requested) return approval ?? newApproval(requested, event, at);
  return approval && foldLater(approval, event, at);
}

function newApproval(
  { expires, escalation, ...data }: DataOf<typeof ApprovalRequested>,
  { actorkind, actorid }: Happened,
  at: number,
): Approval {
  return {
    ...data,
    requester: { kind: actorkind, id: actorid },
    requestedAt: at,
    expires: Date.parse(expires),
    escalation: escalation ? { at: Date.parse(escalation.at), roles: escalation.roles } : null,
    status: "waiting",
    votes: [],
    since: at,
    settledBy: actorid,
    escalated: false,
    consumedBy: null,
    glass: null,
  };
}

function foldLater(approval: Approval, event: Happened, at: number): Approval {
  const by = event.actorid;
  const enter = (status: ApprovalStatus): Approval => ({ ...approval, status, since: at, settledBy: by });
  switch (event.type) {
    case ApprovalVoted.type: {
      const { vote, roles, onBehalfOf = null } = event.data as DataOf<typeof ApprovalVoted>;
      return { ...approval, votes: [...approval.votes, { by, vote, roles, onBehalfOf, at }] };
    }
    case ApprovalDecided.type:
      return enter((event.data as DataOf<typeof ApprovalDecided>).outcome);
    case ApprovalConsumed.type:
      return { ...enter("consumed"), consumedBy: (event.data as DataOf<typeof ApprovalConsumed>).decisionId };
    case ApprovalExpired.type:
      return enter("expired");
    case ApprovalRevoked.type:
      return enter("revoked");
    case ApprovalEscalated.type:
      return { ...approval, escalated: true };
    case ApprovalGlassBroken.type: {
      const { reason, followUpDue } = event.data as DataOf<typeof ApprovalGlassBroken>;
      return { ...approval, glass: { by, reason, due: Date.parse(followUpDue), closed: null } };
    }
    case ApprovalFollowUpClosed.type: {
      const { outcome, reference } = event.data as DataOf<typeof ApprovalFollowUpClosed>;
      return approval.glass ? { ...approval, glass: { ...approval.glass, closed: { by, outcome, reference } } } : approval;
    }
    default:
      return approval;
  }
}
