import { api } from "#lib/api.ts";
import { m } from "#lib/paraglide/messages.js";
import type { ApprovalMove, ApprovalView } from "../../../../schemas/approval-api.ts";
import type { Look } from "./looks.svelte.ts";

/** What a person can do with an approval. */
export type Step = "approve" | "refuse" | ApprovalMove["step"];

/** What each is called, what will happen, and the least that must be said about it, in characters; null: nothing is asked. */
export const STEPS: Readonly<Record<Step, { label: () => string; text: () => string; danger: boolean; least: number | null }>> = {
  approve: { label: m.approval_approve, text: m.approval_approve_text, danger: false, least: 0 },
  refuse: { label: m.approval_refuse, text: m.approval_refuse_text, danger: true, least: 0 },
  revoke: { label: m.approval_revoke, text: m.approval_revoke_text, danger: true, least: 10 },
  escalate: { label: m.approval_escalate, text: m.approval_escalate_text, danger: false, least: null },
  break_glass: { label: m.approval_break_glass, text: m.approval_break_glass_text, danger: true, least: 10 },
  close_follow_up: { label: m.approval_close_follow_up, text: m.approval_close_follow_up_text, danger: false, least: 0 },
};

export interface Said {
  readonly reason: string;
  readonly outcome: "justified" | "unjustified";
  readonly reference: string;
}

/**
 * Does it.
 * @param ids several are decided together when they ask for exactly the same
 * @returns what became of the first one, in words
 * @throws ApiError with the platform's reason when it refuses
 */
export async function take(step: Step, approval: ApprovalView, ids: readonly string[], look: Look | null, said: Said): Promise<string> {
  const { reason } = said;
  if (step === "approve" || step === "refuse") {
    const { items } = await api.vote({
      approvals: [...ids],
      vote: step,
      digest: look?.digest ?? approval.digest,
      ...(reason && { reason }),
      ...(look && { viewMs: Math.min(Date.now() - look.at, 86_400_000) }),
    });
    if (step === "refuse") return m.approval_refused_done();
    return items[0]?.status === "waiting" ? m.approval_decided() : m.approval_approved_done();
  }
  await api.moveApproval(approval.id, moveOf(step, look?.digest ?? approval.digest, said));
  return m.approval_moved();
}

function moveOf(step: ApprovalMove["step"], digest: string, { reason, outcome, reference }: Said): ApprovalMove {
  switch (step) {
    case "revoke":
      return { step, reason };
    case "escalate":
      return { step };
    case "break_glass":
      return { step, digest, reason };
    case "close_follow_up":
      return { step, outcome, reference, ...(reason && { note: reason }) };
  }
}
