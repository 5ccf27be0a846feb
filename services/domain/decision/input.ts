import type { DecisionRequest } from "../../../schemas/decision.ts";
import type { LineEntry } from "./line.ts";
import type { LocalTime } from "./local-time.ts";

/** Whose credential it is. */
export interface AskingAgent {
  readonly agentId: string;
  readonly name: string;
  readonly team: string;
  readonly vendor: string | null;
  /** Where its work belongs unless it says otherwise. */
  readonly feature: string | null;
}

/** Where the request belongs, from wide to narrow. */
export interface DecisionScope {
  readonly org: string;
  readonly department: string | null;
  readonly team: string;
  readonly repo: string | null;
  readonly feature: string | null;
}

export interface Autonomy {
  /** 0 to 5. */
  readonly level: number;
  readonly state: "none" | "probation" | "active" | "frozen" | "suspended" | "expired";
}

/** Amounts are pico-dollars as decimal digits. */
export interface BudgetEntry {
  readonly budgetId: string;
  readonly scope: { readonly kind: string; readonly name: string };
  readonly limit: string;
  readonly spent: string;
  readonly reserved: string;
  readonly left: string;
  readonly hard: boolean;
  readonly crossed: boolean;
}

/** An approval of exactly this request that is neither used nor expired. `by`: how many people gave it. */
export interface UsableApproval {
  readonly approvalId: string;
  readonly status: "approved";
  readonly by: number;
}

export interface HoldbackVerdict {
  readonly suite: string;
  readonly sha: string;
  readonly verdict: "passed" | "failed" | "stale";
  readonly at: string;
}

/** Denied decisions of this session so far, and how many of them were about this very action and resource. */
export interface SessionHistory {
  readonly id: string | null;
  readonly denials: number;
  readonly sameDenied: number;
}

/** What the platform knows at this moment. */
export interface DecisionState {
  readonly autonomy: Autonomy;
  /** Only entries that contain the request and are not normal. */
  readonly line: readonly LineEntry[];
  readonly budgets: readonly BudgetEntry[];
  readonly approval: UsableApproval | null;
  readonly holdback: HoldbackVerdict | null;
}

export interface InputParts {
  readonly request: DecisionRequest;
  readonly agent: AskingAgent;
  readonly scope: DecisionScope;
  readonly session: SessionHistory;
  readonly time: LocalTime;
  readonly state: DecisionState;
}

/** The engine's whole input. Everything an answer depends on besides policies and settings is in it. */
export interface DecisionInput extends Readonly<Record<string, unknown>> {
  readonly action: { readonly name: string };
  readonly scope: DecisionScope;
  readonly state: Omit<DecisionState, "autonomy">;
}

/** Every field is always there: in Rego something missing is undefined, and undefined objects to nothing. */
export function decisionInput({ request, agent, scope, session, time, state }: InputParts): DecisionInput {
  const { autonomy, line, budgets, approval, holdback } = state;
  return {
    action: { name: request.action },
    resource: request.resource,
    context: request.context ?? {},
    agent: { id: agent.agentId, name: agent.name, team: agent.team, vendor: agent.vendor, autonomy },
    scope,
    session,
    time,
    state: { line, budgets, approval, holdback },
  };
}
