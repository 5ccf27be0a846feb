import { m } from "#lib/paraglide/messages.js";
import { agentNames } from "#lib/state/agent-names.svelte.ts";
import type { BudgetScope } from "../../../../schemas/budget.ts";
import type { LineScope } from "../../../../schemas/line.ts";
import { vendorName } from "./vendors.ts";

export type ScopeKind = LineScope["kind"] | BudgetScope["kind"];

const KINDS: Readonly<Record<ScopeKind, () => string>> = {
  org: m.scope_org,
  department: m.scope_department,
  team: m.dim_team,
  feature: m.dim_feature,
  repo: m.dim_repo,
  agent: m.dim_agent,
  model: m.dim_model,
  vendor: m.dim_vendor,
  policy: m.scope_policy,
  change: m.scope_change,
};

export const LINE_KINDS: readonly LineScope["kind"][] = [
  "team",
  "repo",
  "agent",
  "model",
  "vendor",
  "policy",
  "change",
  "department",
  "org",
];
export const BUDGET_KINDS: readonly BudgetScope["kind"][] = ["team", "feature", "agent", "model", "department", "org"];

export const scopeKind = (kind: ScopeKind): string => KINDS[kind]();

/** A scope's own name as people read it. */
export function scopeName({ kind, name }: { kind: ScopeKind; name: string }): string {
  if (kind === "agent") return agentNames.of(name);
  return kind === "vendor" ? vendorName(name) : name;
}
