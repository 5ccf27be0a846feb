import type { StoredEvent } from "../../schemas/event.ts";
import { type Delegation, foldDelegations } from "../domain/approval/delegation.ts";
import { foldApproval } from "../domain/approval/fold.ts";
import type { Approval } from "../domain/approval/state.ts";
import { ApprovalIndex, type Similar } from "./approval-index.ts";

/** Approvals that are over are kept so many, to show what was decided before; an older one is read from the store when it is asked for. */
const OVER_KEPT = 20_000;

const DELEGATIONS = "approval-delegations.";

export const approvalStream = (approvalId: string): string => `approval-${approvalId}`;
/** Of what one person has lent. */
export const delegationStream = (person: string): string => `${DELEGATIONS}${person}`;

/** All approvals that are not over, many that are, and all delegations, in memory. */
export class ApprovalView {
  readonly #events = new Map<string, number>();
  readonly #approvals = new Map<string, Approval>();
  readonly #delegations = new Map<string, readonly Delegation[]>();
  readonly #open = new Set<string>();
  /** Oldest first. */
  readonly #over = new Set<string>();
  readonly #byDigest = new Map<string, Set<string>>();
  readonly #index = new ApprovalIndex();
  readonly #changed: (approval: Approval) => void;
  readonly #overKept: number;

  /** @param changed told of every new state */
  constructor(changed: (approval: Approval) => void, overKept: number = OVER_KEPT) {
    this.#changed = changed;
    this.#overKept = overKept;
  }

  /** Takes each event of a stream once, in order; a repetition changes nothing. */
  apply(event: StoredEvent, stream: string, revision: number): void {
    if (revision !== this.eventsOf(stream)) return;
    this.#events.set(stream, revision + 1);
    if (stream.startsWith(DELEGATIONS)) {
      this.#delegations.set(stream, foldDelegations(this.#delegations.get(stream) ?? [], event));
      return;
    }
    const approvalId = stream.slice(approvalStream("").length);
    const before = this.get(approvalId);
    const approval = foldApproval(before, event);
    if (!approval || approval === before) return;
    this.#approvals.set(approvalId, approval);
    if (!before) this.#index.add(approval);
    this.#sort(approval);
    this.#changed(approval);
  }

  #sort(approval: Approval): void {
    const { approvalId, digest, status, glass } = approval;
    const same = this.#byDigest.get(digest) ?? new Set();
    if (status === "waiting" || status === "approved" || (glass && !glass.closed)) {
      this.#open.add(approvalId);
      this.#byDigest.set(digest, same.add(approvalId));
      return;
    }
    this.#open.delete(approvalId);
    same.delete(approvalId);
    if (same.size === 0) this.#byDigest.delete(digest);
    this.#over.add(approvalId);
    if (this.#over.size <= this.#overKept) return;
    const [oldest] = this.#over;
    this.#forget(oldest as string);
  }

  #forget(approvalId: string): void {
    const approval = this.get(approvalId);
    this.#over.delete(approvalId);
    this.#approvals.delete(approvalId);
    this.#events.delete(approvalStream(approvalId));
    if (approval) this.#index.remove(approval);
  }

  eventsOf(stream: string): number {
    return this.#events.get(stream) ?? 0;
  }

  get(approvalId: string): Approval | null {
    return this.#approvals.get(approvalId) ?? null;
  }

  /** Those that wait, that were approved and not used, and those with an open follow-up. */
  *open(): Generator<Approval> {
    for (const id of this.#open) yield this.#approvals.get(id) as Approval;
  }

  /** Open ones of exactly these bytes. */
  *ofDigest(digest: string): Generator<Approval> {
    for (const id of this.#byDigest.get(digest) ?? []) yield this.#approvals.get(id) as Approval;
  }

  similar(approval: Approval): readonly Similar[] {
    return this.#index.similar(approval, (id) => this.get(id));
  }

  delegationsBy(person: string): readonly Delegation[] {
    return this.#delegations.get(delegationStream(person)) ?? [];
  }

  *delegations(): Generator<Delegation> {
    for (const given of this.#delegations.values()) yield* given;
  }
}
