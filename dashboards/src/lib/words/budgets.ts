import { m } from "#lib/paraglide/messages.js";
import type { BudgetView } from "../../../../schemas/budget-api.ts";
import { listHref } from "./links.ts";

export const PERIODS: Readonly<Record<BudgetView["period"], () => string>> = {
  day: m.period_day,
  week: m.period_week,
  month: m.period_month,
  total: m.period_total,
};

/** What happens when a limit is reached. */
export const CROSSINGS: Readonly<Record<BudgetView["limits"][number]["atCrossing"], () => string>> = {
  warn: m.crossing_warn,
  require_approval: m.crossing_require_approval,
  deny: m.crossing_deny,
};

const RANGES = { day: "24h", week: "7d", month: "30d", total: "90d" } as const;

/** Where the same spending is seen in Cost; null: Cost knows no such filter. */
export function costHref({ scope, period }: Pick<BudgetView, "scope" | "period">): string | null {
  if (scope.kind === "department") return null;
  return listHref("/cost", { ...(scope.kind === "org" ? {} : { [scope.kind]: scope.name }), range: RANGES[period] });
}
