import type { SessionSummary } from "../../../schemas/api.ts";
import { SESSION_COLUMNS, sessionFrom } from "../fold-session.ts";
import { isoOf, msOf } from "../moments.ts";
import { shown } from "./shown-sums.ts";
import { orNull } from "./where.ts";

/** Finds an agent's name; null when nobody knows it. */
export type NameOf = (agent: string) => string | null;

/** A killed agent says no farewell. One that works reports at least its model calls and metrics more often than this. */
const SILENT_AFTER_MINUTES = 30;

/** An open session turns `silent` when nothing was heard of it, and open again with the next event. */
export const OUTCOME = `if(sessions.outcome = 'open' AND sessions.heard < now64(3) - INTERVAL ${SILENT_AFTER_MINUTES} MINUTE, 'silent', sessions.outcome) AS outcome`;

export const SELECT_SESSION = `SELECT ${SESSION_COLUMNS.map((column) => (column === "outcome" ? OUTCOME : column)).join(", ")} FROM sessions FINAL`;

/** @param row as `SELECT_SESSION` answers it */
export function summaryOf(row: Readonly<Record<string, unknown>>, nameOf: NameOf): SessionSummary {
  const state = sessionFrom(row);
  return {
    id: state.session,
    agent: state.agent,
    agentName: nameOf(state.agent),
    team: orNull(state.team),
    feature: orNull(state.feature),
    repo: orNull(state.repo),
    branch: orNull(state.branch),
    ticket: orNull(state.ticket),
    vendor: orNull(state.vendor),
    models: [...state.models],
    startedAt: isoOf(state.started),
    lastAt: isoOf(state.last),
    heardAt: isoOf(state.heard),
    durationS: (msOf(state.last) - msOf(state.started)) / 1000,
    outcome: state.outcome,
    prompts: state.prompts,
    modelCalls: state.model_calls,
    toolCalls: state.tool_calls,
    errors: state.errors,
    ...shown(state.sums),
  };
}
