import type { DecisionRequest } from "../../schemas/decision.ts";
import type { Composed } from "../domain/decision/compose.ts";
import type { AskingAgent, Autonomy, BudgetEntry, DecisionScope, HoldbackVerdict, UsableApproval } from "../domain/decision/input.ts";
import type { LineEntry } from "../domain/decision/line.ts";

/** What a request is about, for whoever knows something that bears on it. */
export interface Asking {
  readonly request: DecisionRequest;
  readonly agent: AskingAgent;
  readonly scope: DecisionScope;
  /** Digest of what is asked: what an approval is bound to. */
  readonly digest: string;
  /** Digest of the policies that will judge it. */
  readonly policy: string;
  /** Milliseconds. */
  readonly atMs: number;
}

type Answering<Value> = (asking: Asking) => Value | Promise<Value>;

/** Where the facts of a decision come from. Each answers from memory: an agent waits. */
export interface StateSources {
  readonly line: Answering<readonly LineEntry[]>;
  readonly budgets: Answering<readonly BudgetEntry[]>;
  readonly approval: Answering<UsableApproval | null>;
  readonly autonomy: Answering<Autonomy>;
  readonly holdback: Answering<HoldbackVerdict | null>;
  readonly departmentOf: (team: string) => string | null;
}

/** An answer before it is recorded. */
export interface Pending {
  readonly decisionId: string;
  readonly asking: Asking;
  readonly composed: Composed;
}

export type Settled =
  /** `approval`: the one that was asked for, or used up. */
  | { readonly kind: "settled"; readonly approval: { readonly id: string; readonly status: "requested" | "approved" } | null }
  /** What the decision was based on changed meanwhile: it has to be made again. */
  | { readonly kind: "stale" };

/**
 * What an answer sets in motion before it is given: a budget is reserved, an approval used up or asked for. MUST be durable
 * when it resolves, and MUST do the same thing once however often it is called for one decision id.
 */
export type Settle = (pending: Pending) => Promise<Settled>;
