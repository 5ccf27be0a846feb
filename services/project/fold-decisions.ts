import { DecisionMade, type DecisionRecord } from "../../schemas/decision.ts";
import type { Rows } from "../ports/read-store.ts";
import type { ReadEvent } from "./read-event.ts";

export const isDecision = ({ recorded }: ReadEvent): boolean => recorded.type === DecisionMade.type;

/** What a decision can be found by. */
export function decisionRow({ envelope, taken }: ReadEvent): readonly unknown[] {
  const made = envelope.data as unknown as DecisionRecord;
  return [
    made.decisionId,
    taken,
    made.action,
    made.effect,
    made.agentId,
    made.team,
    made.repo ?? "",
    made.feature ?? "",
    made.sessionId ?? "",
    made.changeId ?? "",
    [...new Set(made.reasons.map(({ policy, rule }) => `${policy}.${rule}`))],
    made.engine,
    made.engineUs,
    made.stage,
    made.policy,
    made.approval?.id ?? "",
  ];
}

export const decisionRows = (values: readonly (readonly unknown[])[]): Rows => ({
  table: "decisions",
  columns: [
    "decision",
    "recorded",
    "action",
    "effect",
    "agent",
    "team",
    "repo",
    "feature",
    "session",
    "change",
    "rules",
    "engine",
    "engine_us",
    "stage",
    "policy",
    "approval",
  ],
  values,
});
