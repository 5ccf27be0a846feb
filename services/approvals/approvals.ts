import type { ApprovalFollowUpClosed } from "../../schemas/approval.ts";
import type { DataOf } from "../../schemas/event.ts";
import type { ApprovalRefusal } from "../domain/approval/commands.ts";
import { type Delegation, type DelegationCommand, decideDelegation } from "../domain/approval/delegation.ts";
import { type Approval, statusAt } from "../domain/approval/state.ts";
import type { Actor } from "../domain/envelope.ts";
import { type Following, followCategory } from "../follow.ts";
import type { Similar } from "./approval-index.ts";
import { ApprovalView, delegationStream } from "./approval-view.ts";
import { ask, type NewApproval } from "./ask.ts";
import { type ApprovalAnswer, type ApprovalsDeps, type Desk, makeDesk } from "./desk.ts";
import { type InboxItem, inboxOf, openFollowUps, type UsableApproval, usableFor } from "./look.ts";
import { type ManyAnswer, type NewVote, voteTogether } from "./vote-together.ts";
import { Waiters } from "./waiters.ts";

export type DelegationAnswer = { readonly kind: "done"; readonly delegations: readonly Delegation[] } | ApprovalRefusal;

export type Waited =
  /** `waiting`: the signal came first. */
  { readonly kind: "settled" | "waiting"; readonly approval: Approval } | { readonly kind: "unknown_approval"; readonly reason: string };

export interface Approvals extends Following {
  /** Once per decision; what waits already for the same, asked by the same, is joined. */
  request(wanted: NewApproval, by: Actor): Promise<ApprovalAnswer>;
  vote(approvalId: string, vote: NewVote, by: Actor): Promise<ApprovalAnswer>;
  /** Identical ones only; else none of them is voted on. */
  voteMany(approvalIds: readonly string[], vote: NewVote, by: Actor): Promise<ManyAnswer>;
  /** By exactly one decision, also when several processes try. Who gets `done` may act; the same decision gets it again. */
  consume(approvalId: string, use: { decisionId: string; digest: string; policy: string }, by: Actor): Promise<ApprovalAnswer>;
  revoke(approvalId: string, reason: string, by: Actor): Promise<ApprovalAnswer>;
  /** To those whom the policy named for it. */
  escalate(approvalId: string, by: Actor): Promise<ApprovalAnswer>;
  breakGlass(approvalId: string, digest: string, reason: string, by: Actor): Promise<ApprovalAnswer>;
  closeFollowUp(approvalId: string, found: Omit<DataOf<typeof ApprovalFollowUpClosed>, "approvalId">, by: Actor): Promise<ApprovalAnswer>;
  /** @param until RFC 3339 */
  delegate(lent: { to: string; roles: string[]; until: string; reason?: string }, by: Actor): Promise<DelegationAnswer>;
  endDelegation(delegationId: string, by: Actor): Promise<DelegationAnswer>;
  /** What a person has lent, also what is over. */
  delegations(person: string): readonly Delegation[];
  /** Released at once when it is decided, taken back or over, in whatever process that happened. */
  waitFor(approvalId: string, signal: AbortSignal): Promise<Waited>;
  /** Records what the clock asks for: what is over, and what goes to those above. @param nowMs milliseconds */
  expire(nowMs: number): Promise<void>;
  get(approvalId: string): Promise<Approval | null>;
  inbox(by: Actor): readonly InboxItem[];
  followUps(): readonly Approval[];
  similar(approvalId: string): readonly Similar[];
  /** @param by who asks now: an approval is good for who asked for it */
  usable(digest: string, policy: string, by: Actor): UsableApproval | null;
}

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openApprovals(deps: ApprovalsDeps): Promise<Approvals> {
  const waiters = new Waiters();
  const view = new ApprovalView((approval) => waiters.changed(approval), deps.overKept);
  const following = await followCategory(deps.store, "approval", (event, { stream, revision }) => view.apply(event, stream, revision));
  const desk = makeDesk(view, deps);
  const { record, known } = desk;

  return {
    request: (wanted, by) => ask(desk, wanted, by),
    vote: (approvalId, vote, by) => record(approvalId, { kind: "vote", ...vote }, by),
    voteMany: (approvalIds, vote, by) => voteTogether(desk, approvalIds, vote, by),
    consume: (approvalId, use, by) => record(approvalId, { kind: "consume", ...use }, by),
    revoke: (approvalId, reason, by) => record(approvalId, { kind: "revoke", reason }, by),
    escalate: (approvalId, by) => record(approvalId, { kind: "escalate" }, by),
    breakGlass: (approvalId, digest, reason, by) => record(approvalId, { kind: "break_glass", digest, reason }, by),
    closeFollowUp: (approvalId, found, by) => record(approvalId, { kind: "close_follow_up", ...found }, by),
    delegate: (lent, by) => {
      const delegationId = `del_${Buffer.from(deps.random(12)).toString("hex")}`;
      return lend(desk, { kind: "delegate", delegationId, ...lent }, by);
    },
    endDelegation: (delegationId, by) => lend(desk, { kind: "end", delegationId }, by),
    delegations: (person) => view.delegationsBy(person),
    async waitFor(approvalId, signal) {
      const before = await known(approvalId);
      if (!before) return { kind: "unknown_approval", reason: "there is no such approval" };
      if (statusAt(before, deps.now()) === "waiting") await waiters.wait(approvalId, signal);
      const approval = view.get(approvalId) ?? before;
      return { kind: statusAt(approval, deps.now()) === "waiting" ? "waiting" : "settled", approval };
    },
    async expire(nowMs) {
      const due = [...view.open()].filter((each) => {
        const { status, escalation, escalated } = each;
        return status !== statusAt(each, nowMs) || (status === "waiting" && !escalated && escalation !== null && nowMs >= escalation.at);
      });
      for (const { approvalId } of due) await record(approvalId, { kind: "tick" }, { kind: "service", id: "approvals" });
    },
    get: known,
    inbox: (by) => inboxOf(desk, by),
    followUps: () => openFollowUps(desk),
    similar(approvalId) {
      const approval = view.get(approvalId);
      return approval ? view.similar(approval) : [];
    },
    usable: (digest, policy, by) => usableFor(desk, digest, policy, by),
    broken: following.broken,
    async [Symbol.asyncDispose]() {
      waiters.releaseAll();
      await following[Symbol.asyncDispose]();
    },
  };
}

async function lend({ view, deps, recorder }: Desk, command: DelegationCommand, by: Actor): Promise<DelegationAnswer> {
  const answer = await recorder.record<ApprovalRefusal>(delegationStream(by.id), command.delegationId, (at) =>
    decideDelegation(view.delegationsBy(by.id), command, { at, by, own: deps.heldBy(by.id) }),
  );
  return answer.kind === "recorded" ? { kind: "done", delegations: view.delegationsBy(by.id) } : answer;
}
