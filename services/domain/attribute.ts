import type { AttributionRule } from "../../schemas/attribution.ts";
import type { Attribution } from "../../schemas/event.ts";

export interface Reporter {
  readonly agent: string;
  readonly team: string;
  readonly vendor?: string | undefined;
  /** The feature that the agent was registered for. */
  readonly feature?: string | undefined;
}

const FIELDS = ["feature", "repo", "branch", "ticket", "changekind"] as const;

/**
 * Where an event's work belongs. What the event says itself wins, then what its session said before, then the agent's
 * registration, then the rules in order. A field that nothing fills stays absent: unattributed is shown, never guessed.
 */
export function attribute(claimed: Attribution, session: Attribution, reporter: Reporter, rules: readonly AttributionRule[]): Attribution {
  const where: Attribution = {};
  for (const field of FIELDS) {
    const value = claimed[field] ?? session[field];
    if (value !== undefined) where[field] = value;
  }
  if (where.feature === undefined && reporter.feature !== undefined) where.feature = reporter.feature;
  for (const rule of rules) {
    if (!matches(rule.when, where, reporter)) continue;
    for (const [field, value] of Object.entries(rule.set) as [keyof Attribution, string][]) where[field] ??= value;
  }
  return where;
}

function matches(when: AttributionRule["when"], where: Attribution, reporter: Reporter): boolean {
  const actual: Record<string, string | undefined> = { ...where, team: reporter.team, agent: reporter.agent, vendor: reporter.vendor };
  return Object.entries(when).every(([field, pattern]) => {
    const value = actual[field];
    return value !== undefined && fits(pattern, value);
  });
}

/** `*` stands for any run of characters. Linear in the length of the value, whatever the pattern. */
function fits(pattern: string, value: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === value;
  const last = rest.pop() ?? "";
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > value.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
