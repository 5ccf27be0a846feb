import type { ApprovalRefusal } from "../domain/approval/commands.ts";
import { type Approval, statusAt, worth } from "../domain/approval/state.ts";
import type { Actor } from "../domain/envelope.ts";
import type { Desk } from "./desk.ts";

export interface InboxItem {
  readonly approval: Approval;
  /** Why this person cannot decide it; null: they can. */
  readonly refusal: ApprovalRefusal | null;
}

/** What the policies are told: an approval of exactly this that is neither used nor over. */
export interface UsableApproval {
  readonly approvalId: string;
  readonly status: "approved";
  /** How many different people it is worth. */
  readonly by: number;
}

/** What waits, what ends first first, with whether this person can decide it. */
export function inboxOf({ view, deps, decide }: Desk, by: Actor): readonly InboxItem[] {
  const at = deps.now();
  const waiting = [...view.open()].filter((each) => statusAt(each, at) === "waiting").sort((a, b) => a.expires - b.expires);
  return waiting.map((approval) => {
    const decision = decide(approval.approvalId, { kind: "vote", vote: "approve", digest: approval.digest }, by, at);
    return { approval, refusal: "reason" in decision ? decision : null };
  });
}

/** Emergencies that nobody has looked at yet, what is due first first. */
export const openFollowUps = ({ view }: Desk): readonly Approval[] =>
  [...view.open()].filter(({ glass }) => glass !== null && glass.closed === null).sort((a, b) => (a.glass?.due ?? 0) - (b.glass?.due ?? 0));

export function usableFor({ view, deps }: Desk, digest: string, policy: string, by: Actor): UsableApproval | null {
  const at = deps.now();
  for (const approval of view.ofDigest(digest)) {
    const { requester } = approval;
    const mine = requester.kind === by.kind && requester.id === by.id;
    if (mine && approval.policy === policy && statusAt(approval, at) === "approved") {
      return { approvalId: approval.approvalId, status: "approved", by: worth(approval) };
    }
  }
  return null;
}
