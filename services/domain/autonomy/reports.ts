import { type Condition, Demoted, type Evidence, Frozen, Suspended } from "../../../schemas/autonomy.ts";
import { acts, fact, RULES } from "./act.ts";
import type { AutonomyDecision, AutonomyNow, AutonomyReport } from "./commands.ts";
import { levelHeld } from "./level.ts";
import type { AutonomyState } from "./state.ts";

type Effect = { readonly kind: "to"; readonly level: number } | { readonly kind: "down" | "suspend" | "freeze" };

interface Judged {
  /** Null: what is reported is no case of its rule. */
  readonly effect: Effect | null;
  readonly conditions: readonly Condition[];
}

/** What a report does to a scope, at once. Never raises a level. */
export function takeReport(state: AutonomyState, report: AutonomyReport, now: AutonomyNow): AutonomyDecision {
  const { rule, ref } = report;
  const { effect, conditions } = judge(report);
  if (!effect)
    return {
      kind: "invalid",
      reason: `this is no case of the rule ${rule}: ${conditions.map(({ id, value }) => `${id} is ${value}`).join(", ")}`,
    };
  const level = levelHeld(state, now.floor);
  const evidence: Evidence = { events: state.events, bounds: [], conditions: [...conditions], refs: [ref] };
  if (effect.kind === "freeze") {
    return state.frozenFor.includes(ref) ? { kind: "quiet" } : acts(fact(Frozen, { level, rule, evidence }, now, RULES));
  }
  if (state.applied.has(`${rule}:${ref}`)) return { kind: "quiet" };
  if (effect.kind === "suspend") return acts(fact(Suspended, { from: level, to: 0, rule, evidence }, now, RULES));
  const to = effect.kind === "to" ? effect.level : level - 1;
  return to < 0 || to >= level ? { kind: "quiet" } : acts(fact(Demoted, { from: level, to, rule, evidence }, now, RULES));
}

/** The table of immediate demotions. */
function judge(report: AutonomyReport): Judged {
  switch (report.rule) {
    case "incident":
    case "incident_shared": {
      const { severity } = report;
      const grave = severity === 1 || severity === 2;
      const effect: Effect = report.rule === "incident" ? { kind: "to", level: 2 } : { kind: "down" };
      return { effect: grave ? effect : null, conditions: [condition("severity", severity, ">= 3")] };
    }
    case "action_above_level":
    case "secret_exposed":
    case "sandbox_escaped":
      return { effect: { kind: "suspend" }, conditions: [] };
    case "holdback_failed":
    case "holdback_contaminated":
      return { effect: { kind: "to", level: 3 }, conditions: [] };
    case "rubber_stamp": {
      const { share, days } = report;
      const conditions = [condition("rubber_stamp_share", share, "<= 0.15"), condition("days", days, "< 14")];
      // Level 4 and above stand on people who look.
      return { effect: share > 0.15 && days >= 14 ? { kind: "to", level: 3 } : null, conditions };
    }
    case "flow_negative":
      return { effect: report.value < 0 ? { kind: "freeze" } : null, conditions: [condition("r5", report.value, ">= 0")] };
    case "line_red":
      return { effect: { kind: "freeze" }, conditions: [] };
  }
}

/** What would have to be so for the rule to be silent. */
const condition = (id: string, value: number, needed: string): Condition => ({ id, met: false, value: String(value), needed });
