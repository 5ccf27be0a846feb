import { ApprovalViewed } from "../../schemas/approval.ts";
import type { ApprovalSubject, ApprovalView, DelegationList } from "../../schemas/approval-api.ts";
import type { ApprovalDesk, Outcome } from "../api/deps.ts";
import { approvalStream } from "../approvals/approval-view.ts";
import type { Approvals, DelegationAnswer } from "../approvals/approvals.ts";
import { readDecision } from "../decide/record.ts";
import { openInput } from "../decide/replay.ts";
import type { ApprovalRefusal } from "../domain/approval/commands.ts";
import { type Approval, areIdentical, statusAt } from "../domain/approval/state.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore } from "../ports/payload-store.ts";

interface Parts {
  readonly approvals: Approvals;
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Of a person or an agent; null: not known here. */
  readonly nameOf: (actor: Actor) => string | null;
}

/** Approvals for people who decide and agents that wait. */
export function makeApprovalDesk({ approvals, store, payloads, vault, now, random, nameOf }: Parts): ApprovalDesk {
  const who = (actor: Actor) => ({ kind: actor.kind, id: actor.id, name: nameOf(actor) });
  const person = (id: string) => who({ kind: "human", id });

  const viewOf = (approval: Approval, notMine: string | null, identical: readonly string[]): ApprovalView => {
    const { approvalId, decisionId, digest, policy, action, rules, needs, fourEyes, escalated, consumedBy, glass, escalation } = approval;
    const { team = null, repo = null, changeId = null, sessionId = null } = approval;
    return {
      id: approvalId,
      status: statusAt(approval, now()),
      ...{ decisionId, digest, policy, action, fourEyes, team, repo, changeId, sessionId, escalated, consumedBy, notMine },
      rules: [...rules],
      needs: needs.map((need) => ({ ...need, roles: [...need.roles] })),
      requester: who(approval.requester),
      requestedAt: iso(approval.requestedAt),
      expires: iso(approval.expires),
      votes: approval.votes.map(({ by, vote, at, onBehalfOf }) => ({
        by: person(by),
        vote,
        at: iso(at),
        onBehalfOf: onBehalfOf === null ? null : person(onBehalfOf),
      })),
      escalatesAt: escalation && iso(escalation.at),
      glass: glass && { by: person(glass.by), reason: glass.reason, due: iso(glass.due), outcome: glass.closed?.outcome ?? null },
      identical: [...identical],
    };
  };
  const inbox = (by: Actor) => {
    const waiting = approvals.inbox(by);
    return waiting.map(({ approval, refusal }) => {
      const same = waiting.filter((each) => each.approval !== approval && areIdentical(each.approval, approval));
      return viewOf(
        approval,
        refusal?.reason ?? null,
        same.map((each) => each.approval.approvalId),
      );
    });
  };
  const shown = (approval: Approval, by: Actor): ApprovalView =>
    inbox(by).find(({ id }) => id === approval.approvalId) ?? viewOf(approval, null, []);
  const delegations = (by: Actor): DelegationList => ({
    items: approvals.delegations(by.id).map(({ delegationId, to, roles, until, ended }) => ({
      ...{ id: delegationId, to: person(to), roles: [...roles], until: iso(until), over: ended || until <= now() },
    })),
  });
  const lent = (answer: DelegationAnswer, by: Actor): Outcome<DelegationList> =>
    answer.kind === "done" ? { kind: "ok", value: delegations(by) } : declined(answer);

  return {
    inbox: (by) => ({ items: inbox(by), followUps: approvals.followUps().map((each) => viewOf(each, null, [])) }),
    async get(id, by) {
      const approval = await approvals.get(id);
      if (!approval) return UNKNOWN;
      const similar = approvals.similar(id).map((each) => ({ by: each.by, approval: viewOf(each.approval, null, []) }));
      return { kind: "ok", value: { approval: shown(approval, by), similar } };
    },
    async look(id, by) {
      const approval = await approvals.get(id);
      const decision = approval && (await readDecision(store, approval.decisionId));
      if (!decision) return UNKNOWN;
      const input = await openInput({ payloads, vault }, decision.data);
      if (input === null) return { kind: "conflict", reason: "what was asked is erased; let the agent ask again" };
      const occasion = { actor: by, id: Buffer.from(random(16)).toString("hex"), subject: id, at: new Date(now()).toISOString() };
      const viewed = platformEvent(ApprovalViewed, { approvalId: id, digest: approval.digest }, occasion);
      await store.append([{ stream: approvalStream(id), expected: "any", events: [viewed] }]);
      const { action, resource, context } = JSON.parse(input) as { action: { name: string } } & Omit<ApprovalSubject, "action">;
      return { kind: "ok", value: { action: action.name, resource, context } };
    },
    async vote({ approvals: ids, ...vote }, by) {
      const voted = await approvals.voteMany(ids, vote, by);
      if (voted.kind !== "voted") return declined(voted);
      const views: ApprovalView[] = [];
      for (const { answer } of voted.answers) {
        if (answer.kind !== "done") return declined(answer);
        views.push(shown(answer.approval, by));
      }
      return { kind: "ok", value: { items: views } };
    },
    async move(id, move, by) {
      const answer = await carryOut();
      return answer.kind === "done" ? { kind: "ok", value: shown(answer.approval, by) } : declined(answer);

      function carryOut() {
        switch (move.step) {
          case "revoke":
            return approvals.revoke(id, move.reason, by);
          case "escalate":
            return approvals.escalate(id, by);
          case "break_glass":
            return approvals.breakGlass(id, move.digest, move.reason, by);
          case "close_follow_up": {
            const { step: _, ...found } = move;
            return approvals.closeFollowUp(id, found, by);
          }
        }
      }
    },
    async wait(id, by, signal) {
      const approval = await approvals.get(id);
      // An agent waits for its own request; what others ask for is not its business.
      if (approval?.requester.kind !== by.kind || approval.requester.id !== by.id) return UNKNOWN;
      const waited = await approvals.waitFor(id, signal);
      if (waited.kind === "unknown_approval") return UNKNOWN;
      return { kind: "ok", value: { id, status: statusAt(waited.approval, now()) } };
    },
    delegations,
    delegate: async (wanted, by) => lent(await approvals.delegate(wanted, by), by),
    endDelegation: async (id, by) => lent(await approvals.endDelegation(id, by), by),
  };
}

const UNKNOWN = { kind: "not_found", reason: "there is no approval with this id" } as const;

function declined({ kind, reason }: { readonly kind: ApprovalRefusal["kind"] | "not_identical"; readonly reason: string }): Outcome<never> {
  if (kind === "unknown_approval") return { kind: "not_found", reason };
  return { kind: kind === "invalid" ? "invalid" : "conflict", reason };
}

const iso = (ms: number): string => new Date(ms).toISOString();
