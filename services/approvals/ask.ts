import { createHash } from "node:crypto";
import type { ApprovalRequested } from "../../schemas/approval.ts";
import type { DataOf } from "../../schemas/event.ts";
import { areIdentical, minutesOf, statusAt } from "../domain/approval/state.ts";
import type { Actor } from "../domain/envelope.ts";
import type { ApprovalAnswer, Desk } from "./desk.ts";

const MINUTE = 60_000;

type Requested = DataOf<typeof ApprovalRequested>;

export type NewApproval = Omit<Requested, "approvalId" | "expires" | "escalation" | "needs" | "authors" | "fourEyes"> & {
  readonly needs: readonly {
    readonly class: string;
    readonly quorum: number;
    readonly roles: readonly string[];
    /** Left out: the class' own time. */
    readonly expiresMinutes?: number;
  }[];
  readonly authors?: Requested["authors"];
  readonly fourEyes?: boolean;
  readonly escalation?: { readonly afterMinutes: number; readonly roles: readonly string[] };
};

/**
 * One approval per decision. What the same asker is waiting for already is joined: an agent that tries again after its
 * hook ran out of time makes a new decision about the same thing, and nobody should be asked twice.
 */
export async function ask({ view, deps, record }: Desk, wanted: NewApproval, by: Actor): Promise<ApprovalAnswer> {
  const { needs, authors = [], fourEyes = false, escalation, ...rest } = wanted;
  const at = deps.now();
  const data = {
    ...rest,
    authors,
    fourEyes,
    needs: needs.map(({ class: name, quorum, roles }) => ({ class: name, quorum, roles: [...roles] })),
    expires: after(at, minutesOf(needs)),
    ...(escalation && { escalation: { at: after(at, escalation.afterMinutes), roles: [...escalation.roles] } }),
  };
  for (const waiting of view.ofDigest(data.digest)) {
    const { requester } = waiting;
    const mine = requester.kind === by.kind && requester.id === by.id;
    const same = areIdentical(waiting, data);
    if (mine && same && statusAt(waiting, at) === "waiting") return { kind: "done", approval: waiting };
  }
  const approvalId = `apr_${createHash("sha256").update(wanted.decisionId).digest("hex").slice(0, 32)}`;
  return record(approvalId, { kind: "request", approvalId, ...data }, by);
}

const after = (fromMs: number, minutes: number): string => new Date(fromMs + minutes * MINUTE).toISOString();
