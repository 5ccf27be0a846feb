import { CostComputed, type CostCorrection, type CostMovement, CostRecomputed } from "../../schemas/cost.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import type { LedgerMovement } from "../domain/budget/commands.ts";
import type { SpendingPlace } from "../domain/budget/scope.ts";
import type { RecordedEvent } from "../ports/event-store.ts";

/** Where movements are: with the sessions that caused them. */
export const LEDGER = { categories: ["session"] } as const;

export interface PlacedMovement extends LedgerMovement {
  readonly place: SpendingPlace;
}

/** @returns null for whatever moves no money */
export function movementOf(recorded: RecordedEvent, departmentOf: (team: string) => string | null): PlacedMovement | null {
  const { type, stream, position } = recorded;
  if (type !== CostComputed.type && type !== CostRecomputed.type) return null;
  const { team = null, feature = null, data } = JSON.parse(recorded.body) as StoredEvent<CostMovement | CostCorrection>;
  const agentId = agentIn(stream);
  return {
    position,
    entry: data.entry,
    agentId,
    sessionId: data.sessionId,
    isCall: "because" in data && data.because === "request",
    pico: BigInt(data.pico),
    occurredMs: Date.parse(data.occurredAt),
    place: { department: team === null ? null : departmentOf(team), team, feature, agentId, model: data.model },
  };
}

/** A session's stream is `session-<agentId>.<sessionId>`; an agent's id has no dot. */
const agentIn = (stream: string): string => stream.slice("session-".length).split(".", 1)[0] as string;
