import type { Approval } from "../domain/approval/state.ts";

/** Per key, the newest: enough to show what was decided before. */
const KEPT_PER_KEY = 50;
const SHOWN = 10;

export type Likeness = "request" | "rule" | "repo";

export interface Similar {
  readonly approval: Approval;
  /** What it has in common, the closest: the same action on the same thing, a rule, the repository. */
  readonly by: Likeness;
}

/** Which approvals have something in common. */
export class ApprovalIndex {
  readonly #ids = new Map<string, string[]>();

  add(approval: Approval): void {
    for (const [, key] of keysOf(approval)) {
      const ids = this.#ids.get(key) ?? [];
      this.#ids.set(key, ids);
      ids.push(approval.approvalId);
      if (ids.length > KEPT_PER_KEY) ids.shift();
    }
  }

  remove(approval: Approval): void {
    for (const [, key] of keysOf(approval)) {
      const left = (this.#ids.get(key) ?? []).filter((id) => id !== approval.approvalId);
      if (left.length > 0) this.#ids.set(key, left);
      else this.#ids.delete(key);
    }
  }

  /** Decided ones, the closest first, then the newest. @param get null: not known any more */
  similar(approval: Approval, get: (approvalId: string) => Approval | null): readonly Similar[] {
    const found = new Map<string, Similar>();
    for (const [by, key] of keysOf(approval)) {
      for (const id of [...(this.#ids.get(key) ?? [])].reverse()) {
        const other = id === approval.approvalId || found.has(id) ? null : get(id);
        if (other && other.votes.length > 0 && other.status !== "waiting") found.set(id, { approval: other, by });
        if (found.size >= SHOWN) return [...found.values()];
      }
    }
    return [...found.values()];
  }
}

function keysOf({ action, resource, rules, repo }: Approval): (readonly [Likeness, string])[] {
  return [
    ["request", `request ${action} ${resource}`],
    ...rules.map((rule) => ["rule", `rule ${rule}`] as const),
    ...(repo === undefined ? [] : [["repo", `repo ${repo}`] as const]),
  ];
}
