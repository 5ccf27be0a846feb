import type { ApprovalRef, DecisionRecord, DecisionRequest } from "../../schemas/decision.ts";
import { sha256Of } from "../domain/canonical-json.ts";
import type { Composed } from "../domain/decision/compose.ts";
import type { Made } from "./make.ts";

/** An answer is good for as long as what it was based on may be taken to last. */
const GOOD_FOR_MS = 5 * 60_000;

export const expiryOf = ({ asking }: Made): string => new Date(asking.atMs + GOOD_FOR_MS).toISOString();

export type Draft = Omit<DecisionRecord, "sealed">;

/** What is written down of an answer, its input apart. */
export function draftOf(
  made: Made,
  decisionId: string,
  request: DecisionRequest,
  door: DecisionRecord["door"],
  approval: ApprovalRef | null,
): Draft {
  const { asking, json, data, stage, policy, evaluation, composed, engineUs } = made;
  const { agent, scope, digest } = asking;
  const changeId = request.context?.changeId ?? (request.resource as { change?: string }).change;
  return {
    decisionId,
    ...(request.id !== undefined && { requestId: request.id }),
    request: digest,
    door,
    action: request.action,
    agentId: agent.agentId,
    team: agent.team,
    ...(scope.department !== null && { department: scope.department }),
    ...(scope.repo !== null && { repo: scope.repo }),
    ...(scope.feature !== null && { feature: scope.feature }),
    ...(request.session !== undefined && { sessionId: request.session }),
    ...(changeId !== undefined && { changeId }),
    effect: composed.effect,
    reasons: composed.reasons.map(({ page: _, ...reason }) => reason),
    obligations: kindsOf(composed),
    coveredBy: [...composed.coveredBy],
    engine: evaluation.kind === "evaluated" ? "evaluated" : evaluation.cause,
    engineUs,
    stage,
    policy,
    data: data.digest,
    input: sha256Of(json),
    expires: expiryOf(made),
    ...(approval && { approval }),
  };
}

/** Kinds of the obligations, each once. */
export const kindsOf = ({ obligations }: Composed): string[] => [...new Set(obligations.map(({ kind }) => kind))];
