import type { ApprovalQuorum, ApprovalRequested } from "../../../schemas/approval.ts";
import type { DataOf } from "../../../schemas/event.ts";
import type { Actor } from "../envelope.ts";

export type ApprovalStatus = "waiting" | "approved" | "refused" | "expired" | "revoked" | "consumed";

export interface Vote {
  readonly by: string;
  readonly vote: "approve" | "refuse";
  readonly roles: readonly string[];
  /** Whose roles they are; null: the voter's own. */
  readonly onBehalfOf: string | null;
  readonly at: number;
}

/** An emergency: somebody approved alone. */
export interface Glass {
  readonly by: string;
  readonly reason: string;
  /** By when another person must have looked at it. Milliseconds. */
  readonly due: number;
  readonly closed: { readonly by: string; readonly outcome: "justified" | "unjustified"; readonly reference: string } | null;
}

/** Where one approval's stream stands. Moments are milliseconds. */
export interface Approval extends Omit<DataOf<typeof ApprovalRequested>, "expires" | "escalation"> {
  readonly requester: Actor;
  readonly requestedAt: number;
  readonly expires: number;
  readonly escalation: { readonly at: number; readonly roles: readonly string[] } | null;
  /** As it was recorded; see `statusAt`. */
  readonly status: ApprovalStatus;
  readonly votes: readonly Vote[];
  /** When it got its status, and from whom. */
  readonly since: number;
  readonly settledBy: string;
  readonly escalated: boolean;
  readonly consumedBy: string | null;
  readonly glass: Glass | null;
}

/** What it is worth now, whether or not anybody has recorded yet that its time was up. The end itself is too late. */
export function statusAt({ status, expires }: Pick<Approval, "status" | "expires">, nowMs: number): ApprovalStatus {
  return (status === "waiting" || status === "approved") && nowMs >= expires ? "expired" : status;
}

/** Different people that one need takes. An agent that asks has no eyes, so four of them take two people. */
export function peopleNeeded({ quorum }: ApprovalQuorum, { fourEyes, requester }: Pick<Approval, "fourEyes" | "requester">): number {
  return Math.max(quorum, fourEyes && requester.kind !== "human" ? 2 : 1);
}

/** Roles whose holders may answer a need now. Empty: anybody's. */
export const rolesFor = (
  { roles }: ApprovalQuorum,
  { escalated, escalation }: Pick<Approval, "escalated" | "escalation">,
): readonly string[] => (roles.length > 0 && escalated && escalation ? [...roles, ...escalation.roles] : roles);

/** Whether every need has its people. Counts people, not votes. */
export function isMet(approval: Approval, votes: readonly Vote[]): boolean {
  return approval.needs.every((need) => {
    const roles = rolesFor(need, approval);
    const people = votes
      .filter(({ vote, roles: held }) => vote === "approve" && (roles.length === 0 || held.some((role) => roles.includes(role))))
      .map(({ by }) => by);
    return new Set(people).size >= peopleNeeded(need, approval);
  });
}

/** How many people's yes an approval is worth to what asked for it; an emergency stands for as many as were asked for. */
export function worth(approval: Approval): number {
  if (approval.glass) return Math.max(...approval.needs.map((need) => peopleNeeded(need, approval)));
  return new Set(approval.votes.filter(({ vote }) => vote === "approve").map(({ by }) => by)).size;
}

type Asked = Pick<Approval, "digest" | "policy" | "needs" | "fourEyes">;

/** Decided together only when exactly the same is asked, of the same people, by the same policies. */
export function areIdentical(a: Asked, b: Asked): boolean {
  return a.digest === b.digest && a.policy === b.policy && a.fourEyes === b.fourEyes && needsOf(a) === needsOf(b);
}

const needsOf = ({ needs }: Asked): string =>
  needs
    .map((need) => `${need.class} ${need.quorum} ${[...need.roles].sort().join(" ")}`)
    .sort()
    .join("\n");

const MINUTES: Readonly<Record<string, number>> = {
  tool_call: 20,
  model_call: 20,
  general: 60,
  deploy: 4 * 60,
  merge: 24 * 60,
  budget: 3 * 24 * 60,
  policy: 7 * 24 * 60,
  autonomy: 7 * 24 * 60,
};
const USUAL_MINUTES = 60;

/** How long an approval of these needs is good for, in minutes: the shortest of them; a class' own time where none is asked for. */
export const minutesOf = (needs: readonly { readonly class: string; readonly expiresMinutes?: number | undefined }[]): number =>
  Math.min(...needs.map((need) => need.expiresMinutes ?? MINUTES[need.class] ?? USUAL_MINUTES));
