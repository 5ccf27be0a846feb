import type { ApprovalRef, DecisionAnswer, DecisionEffect, DecisionReason, Explanation } from "../../schemas/decision.ts";
import { type Evaluation, type Obligation, pageOf } from "../domain/decision/compose.ts";
import type { PolicyBundle } from "../ports/policy-bundle.ts";

export interface AnswerParts {
  readonly decisionId: string;
  readonly composed: {
    readonly effect: DecisionEffect;
    readonly reasons: readonly Omit<DecisionReason, "page">[];
    readonly obligations: readonly Obligation[];
  };
  readonly policy: string;
  readonly data: string;
  readonly input: string;
  readonly expires: string;
  readonly approval: ApprovalRef | null;
  readonly dryRun: boolean;
  readonly explain: { readonly bundle: PolicyBundle | null; readonly evaluation: Evaluation; readonly engineUs: number } | null;
}

/** A decision as it is answered. */
export function answerOf({ decisionId, composed, policy, data, input, expires, approval, dryRun, explain }: AnswerParts): DecisionAnswer {
  return {
    id: decisionId,
    effect: composed.effect,
    reasons: composed.reasons.map((reason) => ({ ...reason, page: pageOf(reason.policy, reason.rule) })),
    obligations: [...composed.obligations],
    policy,
    data,
    input,
    expires,
    ...(approval && { approval }),
    ...(dryRun && { dryRun }),
    ...(explain && { explain: explanationOf(explain) }),
  };
}

/** Every policy of the bundle with its rules: which cover the action, and which objected. */
function explanationOf({ bundle, evaluation, engineUs }: NonNullable<AnswerParts["explain"]>): Explanation {
  const covered = new Set(evaluation.kind === "evaluated" ? evaluation.result.covered_by : []);
  const fired = new Set(evaluation.kind === "evaluated" ? evaluation.result.findings.map(({ policy, rule }) => `${policy} ${rule}`) : []);
  const names = new Set([...(bundle?.policies.map(({ policy }) => policy) ?? []), ...covered]);
  const policies = [...names].sort().map((policy) => ({
    policy,
    covers: covered.has(policy),
    rules: (bundle?.rules ?? [])
      .filter((each) => each.policy === policy)
      .map(({ rule }) => ({ rule, fired: fired.has(`${policy} ${rule}`), page: pageOf(policy, rule) })),
  }));
  const engine = evaluation.kind === "evaluated" ? "evaluated" : `${evaluation.cause}: ${evaluation.detail}`;
  return { policies, engine: engine.slice(0, 300), engineUs };
}
