import type { Finding } from "../../schemas/decision.ts";
import { PLATFORM } from "./decision-compose.ts";

/** A scope whose line is not as it should be. */
export interface LineEntry {
  readonly scope: { readonly kind: string; readonly name: string };
  readonly state: string;
  readonly andonId: string;
}

/** States in which work goes on, at least up to the gate: what may pass then is for the policies to say. */
const RUNNING = new Set(["normal", "called", "responding", "cleared", "trial", "released", "closed", "voided"]);

/**
 * A stopped line denies everything in its scope, whatever policies are in force: the cord must not depend on a bundle that
 * somebody publishes. A state that is not known here counts as stopped.
 */
export function lineObjections(line: readonly LineEntry[]): readonly Finding[] {
  return line
    .filter(({ state }) => !RUNNING.has(state))
    .map(({ scope }) => ({
      policy: PLATFORM,
      rule: "line_stopped",
      effect: "deny",
      hard: true,
      reason: `The line of ${scope.kind} ${scope.name} is stopped; wait until people release it.`,
    }));
}
