import { m } from "#lib/paraglide/messages.js";
import { vendorName } from "./vendors.ts";

/** What cost and sessions can be grouped and filtered by. */
export const DIMENSIONS = ["team", "feature", "model", "vendor", "agent", "repo", "changeKind"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** In an address, for what has no value: unattributed. No name may hold a control character, so none can be mistaken for it. */
export const NONE = "";

const LABELS: Record<Dimension, () => string> = {
  team: m.dim_team,
  feature: m.dim_feature,
  model: m.dim_model,
  vendor: m.dim_vendor,
  agent: m.dim_agent,
  repo: m.dim_repo,
  changeKind: m.dim_change_kind,
};

const CHANGE_KINDS: Record<string, () => string> = {
  bug: m.change_bug,
  feature: m.change_feature,
  chore: m.change_chore,
  migration: m.change_migration,
  incident: m.change_incident,
};

export const isDimension = (value: string): value is Dimension => (DIMENSIONS as readonly string[]).includes(value);

export const dimensionName = (dimension: Dimension): string => LABELS[dimension]();

/** A value as people read it. */
export function valueName(dimension: Dimension, value: string | null | undefined, agentName?: (id: string) => string): string {
  if (value === null || value === undefined || value === NONE) return m.unattributed();
  if (dimension === "vendor") return vendorName(value);
  if (dimension === "changeKind") return CHANGE_KINDS[value]?.() ?? value;
  if (dimension === "agent") return agentName?.(value) ?? value;
  if (dimension === "model" && value === "unknown") return m.model_unknown();
  return value;
}
