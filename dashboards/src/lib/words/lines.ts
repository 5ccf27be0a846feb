import { m } from "#lib/paraglide/messages.js";
import type { LineStep, LineView, PullView } from "../../../../schemas/line-api.ts";

interface Said {
  readonly name: () => string;
  readonly text: () => string;
}

export const STATES: Readonly<Record<PullView["state"], Said>> = {
  called: { name: m.line_called, text: m.line_called_text },
  responding: { name: m.line_responding, text: m.line_responding_text },
  cleared: { name: m.line_cleared, text: m.line_cleared_text },
  stopped: { name: m.line_stopped, text: m.line_stopped_text },
  contained: { name: m.line_contained, text: m.line_contained_text },
  countermeasure: { name: m.line_countermeasure, text: m.line_countermeasure_text },
  trial: { name: m.line_trial, text: m.line_trial_text },
  released: { name: m.line_released, text: m.line_released_text },
  closed: { name: m.line_closed, text: m.line_closed_text },
  escalated: { name: m.line_escalated, text: m.line_escalated_text },
  voided: { name: m.line_voided, text: m.line_voided_text },
};

export const LIGHTS: Readonly<Record<LineView["colour"], () => string>> = {
  green: m.light_green,
  yellow: m.light_yellow,
  red: m.light_red,
};

/** What each step is called on its button, and what it does. */
export const STEPS: Readonly<Record<LineStep["step"], Said>> = {
  acknowledge: { name: m.step_acknowledge, text: m.step_acknowledge_text },
  clear: { name: m.step_clear, text: m.step_clear_text },
  stop: { name: m.step_stop, text: m.step_stop_text },
  contain: { name: m.step_contain, text: m.step_contain_text },
  countermeasure: { name: m.step_countermeasure, text: m.step_countermeasure_text },
  start_trial: { name: m.step_start_trial, text: m.step_start_trial_text },
  end_trial: { name: m.step_end_trial, text: m.step_end_trial_text },
  release: { name: m.step_release, text: m.step_release_text },
  close: { name: m.step_close, text: m.step_close_text },
  void: { name: m.step_void, text: m.step_void_text },
  escalate: { name: m.step_escalate, text: m.step_escalate_text },
};

/** What a person may say they see. */
export const SYMPTOMS = ["wrong_result", "unsafe_action", "spend_runaway", "same_failure", "secret_exposed", "incident", "other"] as const;

const SYMPTOM_NAMES: Readonly<Record<string, () => string>> = {
  wrong_result: m.symptom_wrong_result,
  unsafe_action: m.symptom_unsafe_action,
  spend_runaway: m.symptom_spend_runaway,
  same_failure: m.symptom_same_failure,
  secret_exposed: m.symptom_secret_exposed,
  incident: m.symptom_incident,
  other: m.symptom_other,
  // Of the rules that pull by themselves.
  spend_burn: m.rule_spend_burn,
  repeated_denies: m.rule_repeated_denies,
  holdback_contamination: m.rule_holdback_contamination,
  log_check_failed: m.rule_log_check_failed,
  coverage_low: m.rule_coverage_low,
  widened: m.symptom_widened,
};

export const CAUSES = [
  "context",
  "requirement",
  "model",
  "tool",
  "test_gap",
  "policy_gap",
  "dependency",
  "infrastructure",
  "other",
] as const;

const CAUSE_NAMES: Readonly<Record<string, () => string>> = {
  context: m.cause_context,
  requirement: m.cause_requirement,
  model: m.dim_model,
  tool: m.cause_tool,
  test_gap: m.cause_test_gap,
  policy_gap: m.cause_policy_gap,
  dependency: m.cause_dependency,
  infrastructure: m.cause_infrastructure,
  other: m.symptom_other,
};

export const REMEDIES = {
  fix: m.remedy_fix,
  check: m.remedy_check,
  policy: m.scope_policy,
  eval_case: m.remedy_eval_case,
  context_item: m.remedy_context_item,
} as const;

/** A code nobody has written words for still reads as words. */
const plain = (code: string): string => code.replaceAll("_", " ");

export const symptomName = (code: string): string => SYMPTOM_NAMES[code]?.() ?? plain(code);
export const causeName = (code: string): string => CAUSE_NAMES[code]?.() ?? plain(code);
