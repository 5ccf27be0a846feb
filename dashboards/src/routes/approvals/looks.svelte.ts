import { SvelteMap } from "svelte/reactivity";
import { api } from "#lib/api.ts";
import type { ApprovalSubject, ApprovalView } from "../../../../schemas/approval-api.ts";

/** What was looked at, and when: a vote names exactly that. */
export interface Look {
  readonly subject: ApprovalSubject;
  readonly digest: string;
  readonly at: number;
}

/** What this person has looked at since the screen was opened. Each look is recorded by the platform. */
export class Looks {
  readonly #looks = new SvelteMap<string, Look>();

  of(approval: ApprovalView): Look | null {
    const look = this.#looks.get(approval.id);
    return look?.digest === approval.digest ? look : null;
  }

  /** @throws ApiError when it cannot be shown */
  async look({ id, digest }: ApprovalView): Promise<void> {
    const subject = await api.lookAtApproval(id);
    this.#looks.set(id, { subject, digest, at: Date.now() });
  }
}
