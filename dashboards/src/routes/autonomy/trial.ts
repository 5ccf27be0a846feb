import { m } from "#lib/paraglide/messages.js";
import type { NewTrial } from "../../../../schemas/autonomy-api.ts";

/** A trial as it is being typed. */
export interface TrialDraft {
  trialId: string;
  /** As the browser writes it: local, to the minute. */
  finishedAt: string;
  merged: boolean;
  gatesGreen: boolean;
  durable: boolean;
  denied: string;
  /** Empty: none. */
  incident: string;
  agentLines: string;
  changedLines: string;
}

export const emptyTrial = (): TrialDraft => ({
  ...{ trialId: "", finishedAt: "", merged: true, gatesGreen: true, durable: true },
  ...{ denied: "0", incident: "", agentLines: "", changedLines: "0" },
});

const COUNT = /^\d{1,9}$/;

/** As the platform takes it; null: something is missing or is no whole number. */
export function trialOf(draft: TrialDraft): NewTrial["trial"] | null {
  const trialId = draft.trialId.trim();
  const [denied, agentLines, changedLines] = [draft.denied, draft.agentLines, draft.changedLines].map((text) => text.trim()) as [
    string,
    string,
    string,
  ];
  const finished = Date.parse(draft.finishedAt);
  if (trialId === "" || Number.isNaN(finished) || ![denied, agentLines, changedLines].every((text) => COUNT.test(text))) return null;
  const { merged, gatesGreen, durable } = draft;
  return {
    ...{ trialId, finishedAt: new Date(finished).toISOString(), merged, gatesGreen, durable },
    ...{ deniedExecuted: Number(denied), worstIncident: draft.incident === "" ? null : Number(draft.incident) },
    ...{ agentLines: Number(agentLines), changedLines: Number(changedLines) },
  };
}

/** Why it counts as a failure; empty: it counts as a success. */
export function failuresOf(trial: NewTrial["trial"]): string[] {
  const { merged, gatesGreen, durable, deniedExecuted, worstIncident, agentLines, changedLines } = trial;
  return [
    ...(merged ? [] : [m.trial_why_merged()]),
    ...(gatesGreen ? [] : [m.trial_why_gates()]),
    ...(durable ? [] : [m.trial_why_durable()]),
    ...(deniedExecuted > 0 ? [m.trial_why_denied()] : []),
    ...(worstIncident !== null && worstIncident <= 3 ? [m.trial_why_incident()] : []),
    ...(changedLines * 5 > agentLines ? [m.trial_why_rewritten()] : []),
  ];
}
