import type { ApprovalFollowUpClosed, ApprovalRequested } from "../../../schemas/approval.ts";
import type { DataOf } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";
import type { Fact } from "../fact.ts";

export type ApprovalCommand =
  | ({ readonly kind: "request" } & DataOf<typeof ApprovalRequested>)
  | {
      readonly kind: "vote";
      readonly vote: "approve" | "refuse";
      /** Of what the voter was shown. */
      readonly digest: string;
      readonly reason?: string;
      readonly viewMs?: number;
    }
  | { readonly kind: "consume"; readonly decisionId: string; readonly digest: string; readonly policy: string }
  | { readonly kind: "revoke"; readonly reason: string }
  | { readonly kind: "escalate" }
  | { readonly kind: "break_glass"; readonly digest: string; readonly reason: string }
  | ({ readonly kind: "close_follow_up" } & Omit<DataOf<typeof ApprovalFollowUpClosed>, "approvalId">)
  /** What the clock asks for; quiet when that is nothing. */
  | { readonly kind: "tick" };

/** Roles that somebody lent. */
export interface Lent {
  readonly from: string;
  readonly roles: readonly string[];
}

/** What a decision needs to know beyond the approval's own stream. */
export interface ApprovalCircumstances {
  /** Milliseconds. */
  readonly at: number;
  readonly by: Actor;
  /** Roles that the one who acts has now. */
  readonly roles: readonly string[];
  /** Roles that others have and have lent, as of now. */
  readonly lent: readonly Lent[];
  /** Ids of the people who own the agent that asks, or an agent whose work it is. */
  readonly owners: readonly string[];
  /** Digests of the policy bundles at work. */
  readonly policies: readonly string[];
  readonly mayBreakGlass: boolean;
}

export type ApprovalRefusal = {
  readonly kind:
    | "unknown_approval"
    | "taken"
    | "settled"
    | "not_approved"
    | "expired"
    | "consumed"
    | "other_bytes"
    | "other_policy"
    | "other_requester"
    | "people_only"
    | "own_request"
    | "wrong_role"
    | "voted"
    | "not_now"
    | "invalid";
  readonly reason: string;
};

export type ApprovalDecision = { readonly kind: "acts"; readonly facts: readonly Fact[] } | { readonly kind: "quiet" } | ApprovalRefusal;
