import type { BudgetChange, BudgetView, NewBudget } from "../../../../schemas/budget-api.ts";

/** Both limits as they are being typed. An empty amount: there is no such limit. */
export interface LimitDraft {
  soft: string;
  softAt: "warn" | "require_approval";
  hard: string;
  hardAt: "require_approval" | "deny";
}

const AMOUNT = /^\d{1,15}(\.\d{1,12})?$/;

export const emptyLimits = (): LimitDraft => ({ soft: "", softAt: "warn", hard: "", hardAt: "deny" });

/** As they were set: what an approval added for a while is not part of them. */
export function limitsOf({ limits }: Pick<BudgetView, "limits">): LimitDraft {
  const draft = emptyLimits();
  for (const { hard, atCrossing, limit } of limits) {
    if (hard) {
      draft.hard = limit;
      if (atCrossing !== "warn") draft.hardAt = atCrossing;
    } else {
      draft.soft = limit;
      if (atCrossing !== "deny") draft.softAt = atCrossing;
    }
  }
  return draft;
}

/** Which amounts cannot be taken as they are. */
export const faultsOf = ({ soft, hard }: LimitDraft): { soft: boolean; hard: boolean } => ({
  soft: soft.trim() !== "" && !AMOUNT.test(soft.trim()),
  hard: hard.trim() !== "" && !AMOUNT.test(hard.trim()),
});

const softOf = ({ soft, softAt }: LimitDraft) => (soft.trim() === "" ? null : { amount: soft.trim(), atCrossing: softAt });
const hardOf = ({ hard, hardAt }: LimitDraft) => (hard.trim() === "" ? null : { amount: hard.trim(), atCrossing: hardAt });

export function newLimits(draft: LimitDraft): Pick<NewBudget, "soft" | "hard"> {
  const [soft, hard] = [softOf(draft), hardOf(draft)];
  return { ...(soft && { soft }), ...(hard && { hard }) };
}

/** What differs; a limit that was taken out is null. */
export function changedLimits(before: LimitDraft, after: LimitDraft): Pick<BudgetChange, "soft" | "hard"> {
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  return {
    ...(differs(softOf(before), softOf(after)) && { soft: softOf(after) }),
    ...(differs(hardOf(before), hardOf(after)) && { hard: hardOf(after) }),
  };
}
