import type { ApprovalCommand } from "../domain/approval/commands.ts";
import { type Approval, areIdentical } from "../domain/approval/state.ts";
import type { Actor } from "../domain/envelope.ts";
import type { ApprovalAnswer, Desk } from "./desk.ts";

/** Decided in one go: more would not be looked at. */
const MOST_TOGETHER = 200;

export type NewVote = Omit<Extract<ApprovalCommand, { kind: "vote" }>, "kind">;

export type ManyAnswer =
  | { readonly kind: "voted"; readonly answers: readonly { readonly approvalId: string; readonly answer: ApprovalAnswer }[] }
  | { readonly kind: "not_identical" | "unknown_approval" | "invalid"; readonly reason: string };

/** One look, one vote on each: only when all of them ask for exactly the same. Else none is voted on. */
export async function voteTogether({ known, record }: Desk, approvalIds: readonly string[], vote: NewVote, by: Actor): Promise<ManyAnswer> {
  const ids = [...new Set(approvalIds)];
  if (ids.length === 0 || ids.length > MOST_TOGETHER) {
    return { kind: "invalid", reason: `1 to ${MOST_TOGETHER} approvals are decided together` };
  }
  const all = await Promise.all(ids.map(known));
  const [first] = all;
  if (!first || all.includes(null)) return { kind: "unknown_approval", reason: "one of these approvals is not there" };
  if (!all.every((each) => areIdentical(first, each as Approval))) {
    return { kind: "not_identical", reason: "these ask for different things, or different people: decide each by itself" };
  }
  const answers = ids.map(async (approvalId) => ({ approvalId, answer: await record(approvalId, { kind: "vote", ...vote }, by) }));
  return { kind: "voted", answers: await Promise.all(answers) };
}
