import type { AutonomyState } from "./state.ts";

/** What a decision asks. */
export interface LevelAnswer {
  readonly level: number;
  readonly state: "none" | "probation" | "active" | "frozen" | "suspended" | "expired";
  /** Its work is judged beside the old configuration's. */
  readonly shadow: boolean;
  /** Null: nothing is known of this scope. */
  readonly scopeId: string | null;
}

/** @param floor the level of a scope that was never granted one */
export function levelOf(state: AutonomyState | null, floor: number): LevelAnswer {
  if (!state) return { level: floor, state: "none", shadow: false, scopeId: null };
  const { scopeId, standing, frozenFor, shadow } = state;
  const frozen = frozenFor.length > 0 && standing !== "suspended";
  return { level: levelHeld(state, floor), state: frozen ? "frozen" : standing, shadow: shadow !== null, scopeId };
}

/** The level in force. */
export const levelHeld = ({ level }: AutonomyState, floor: number): number => level ?? floor;
