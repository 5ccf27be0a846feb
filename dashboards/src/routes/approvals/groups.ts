import type { ApprovalView } from "../../../../schemas/approval-api.ts";

/** Of requests for exactly the same, the first stands for all of them. Order is kept. */
export function firstOfEach(items: readonly ApprovalView[]): readonly ApprovalView[] {
  const seen = new Set<string>();
  return items.filter(({ id, identical }) => {
    if (seen.has(id)) return false;
    for (const same of identical) seen.add(same);
    return true;
  });
}

/** The row that stands for an approval; the approval itself when none does. */
export const rowOf = (rows: readonly ApprovalView[], id: string | null): string | null =>
  rows.find((row) => row.id === id || (id !== null && row.identical.includes(id)))?.id ?? id;
