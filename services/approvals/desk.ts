import { decideApproval } from "../domain/approval/approval.ts";
import type { ApprovalCircumstances, ApprovalCommand, ApprovalDecision, ApprovalRefusal } from "../domain/approval/commands.ts";
import { lentTo } from "../domain/approval/delegation.ts";
import type { Approval } from "../domain/approval/state.ts";
import type { Actor } from "../domain/envelope.ts";
import { makeRecorder, type Recorder, type RecorderDeps } from "../stream-recorder.ts";
import { type ApprovalView, approvalStream } from "./approval-view.ts";

export interface ApprovalsDeps extends RecorderDeps {
  /** Roles that a person has now for what belongs to a team; null: to none, so only roles for every team count. */
  readonly rolesOf: (person: string, team: string | null) => readonly string[];
  /** Roles that a person has now for any team: those that can be lent. */
  readonly heldBy: (person: string) => readonly string[];
  /** Ids of the people who own an agent. */
  readonly ownersOf: (agentId: string) => readonly string[];
  /** Digests of the policy bundles at work. */
  readonly policies: () => readonly string[];
  readonly mayBreakGlass: (person: string) => boolean;
  /** How many that are over are kept in memory. */
  readonly overKept?: number;
}

export type ApprovalAnswer = { readonly kind: "done"; readonly approval: Approval } | ApprovalRefusal;

/** What everything about approvals stands on: the view, and one way to decide and to record. */
export interface Desk {
  readonly view: ApprovalView;
  readonly recorder: Recorder;
  readonly deps: ApprovalsDeps;
  /** On the state the view has now. Records nothing. */
  decide(approvalId: string, command: ApprovalCommand, by: Actor, atMs: number): ApprovalDecision;
  record(approvalId: string, command: ApprovalCommand, by: Actor): Promise<ApprovalAnswer>;
  /** Also one that is long over, or that another process has just asked for; null: there is none. */
  known(approvalId: string): Promise<Approval | null>;
}

export function makeDesk(view: ApprovalView, deps: ApprovalsDeps): Desk {
  const { rolesOf, ownersOf, policies, mayBreakGlass } = deps;
  const recorder = makeRecorder(deps, view);

  const circumstances = (approval: Approval | null, by: Actor, at: number): ApprovalCircumstances => {
    const team = approval?.team ?? null;
    const agents = approval ? [approval.requester, ...approval.authors].filter(({ kind }) => kind === "agent") : [];
    const human = by.kind === "human";
    return {
      at,
      by,
      roles: human ? rolesOf(by.id, team) : [],
      lent: human ? lentTo(by.id, view.delegations(), at, (person) => rolesOf(person, team)) : [],
      owners: agents.flatMap(({ id }) => ownersOf(id)),
      policies: policies(),
      mayBreakGlass: human && mayBreakGlass(by.id),
    };
  };
  const decide: Desk["decide"] = (approvalId, command, by, atMs) => {
    const approval = view.get(approvalId);
    return decideApproval(approval, command, circumstances(approval, by, atMs));
  };
  return {
    view,
    recorder,
    deps,
    decide,
    async record(approvalId, command, by) {
      const answer = await recorder.record<ApprovalRefusal>(approvalStream(approvalId), approvalId, (at) =>
        decide(approvalId, command, by, at),
      );
      return answer.kind === "recorded" ? { kind: "done", approval: view.get(approvalId) as Approval } : answer;
    },
    async known(approvalId) {
      if (!view.get(approvalId)) await recorder.catchUp(approvalStream(approvalId));
      return view.get(approvalId);
    },
  };
}
