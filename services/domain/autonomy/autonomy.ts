import { Activated, Demoted, Expired, TrialRecorded, Unfrozen } from "../../../schemas/autonomy.ts";
import { acts, fact, RULES } from "./act.ts";
import type { AutonomyCommand, AutonomyDecision, AutonomyNow } from "./commands.ts";
import { PROBATION_TRIALS } from "./ladder.ts";
import { levelHeld } from "./level.ts";
import { propose, sign } from "./promotion.ts";
import { takeReport } from "./reports.ts";
import { fallAt } from "./rules.ts";
import { recordPair, startShadow } from "./shadow.ts";
import { type AutonomyState, unknownScope } from "./state.ts";
import { failuresOf, type TrialFacts } from "./trials.ts";

/** @param known null: nothing is known of this scope, so it has the configured floor's level */
export function decideAutonomy(known: AutonomyState | null, command: AutonomyCommand, now: AutonomyNow): AutonomyDecision {
  const state = known ?? unknownScope(now.scopeId, now.key, now.nowMs);
  switch (command.kind) {
    case "record_trial":
      return recordTrial(state, command, now);
    case "propose":
      return propose(state, command, now);
    case "sign":
      return sign(state, command, now);
    case "report":
      return takeReport(state, command.report, now);
    case "unfreeze":
      return unfreeze(state, command.ref, now);
    case "assess":
      return assess(state, now);
    case "start_shadow":
      return startShadow(state, command, now);
    case "record_pair":
      return withActivation(state, recordPair(state, command, now), now);
  }
}

/** Judges the change, and ends probation with its twentieth trial. Whether it is demoted for it, `assess` says. */
function recordTrial(state: AutonomyState, facts: TrialFacts, now: AutonomyNow): AutonomyDecision {
  const { trialId, finishedMs, ...rest } = facts;
  if (state.trials.some((trial) => trial.trialId === trialId)) return { kind: "quiet" };
  if (!(finishedMs <= now.nowMs)) return { kind: "invalid", reason: "a verdict is recorded when it is reached, not before" };
  const { merged, gatesGreen, durable, deniedExecuted, worstIncident, agentLines, changedLines } = rest;
  const failures = failuresOf(rest);
  const data = {
    trialId,
    finishedAt: new Date(finishedMs).toISOString(),
    ...{ merged, gatesGreen, durable, deniedExecuted, worstIncident, agentLines, changedLines },
    outcome: failures.length === 0 ? ("success" as const) : ("failure" as const),
    failures,
  };
  return withActivation(state, acts(fact(TrialRecorded, data, now, now.by)), now);
}

function withActivation(state: AutonomyState, decision: AutonomyDecision, now: AutonomyNow): AutonomyDecision {
  const trials = state.trialsHere + 1;
  if (decision.kind !== "acts" || decision.facts.length > 1 || state.standing !== "probation" || trials < PROBATION_TRIALS) return decision;
  const condition = { id: "probation_trials", met: true, value: String(trials), needed: `>= ${PROBATION_TRIALS}` };
  const evidence = { events: state.events + 1, bounds: [], conditions: [condition], refs: [] };
  const activated = fact(Activated, { level: levelHeld(state, now.floor), rule: "probation_over", evidence }, now, RULES);
  return acts(...decision.facts, activated);
}

function assess(state: AutonomyState, now: AutonomyNow): AutonomyDecision {
  const fall = fallAt(state, now.nowMs);
  if (!fall) return { kind: "quiet" };
  const { kind, to, rule, evidence } = fall;
  return acts(fact(kind === "expired" ? Expired : Demoted, { from: levelHeld(state, now.floor), to, rule, evidence }, now, RULES));
}

function unfreeze(state: AutonomyState, ref: string, now: AutonomyNow): AutonomyDecision {
  if (!state.frozenFor.includes(ref))
    return { kind: "unknown_ref", reason: "this scope is not frozen for that; the list of reasons is in its status" };
  return acts(fact(Unfrozen, { ref, level: levelHeld(state, now.floor) }, now, now.by));
}
