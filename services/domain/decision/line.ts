import type { Finding } from "../../../schemas/decision.ts";
import { PLATFORM } from "./compose.ts";

/** A scope whose line is not as it should be. */
export interface LineEntry {
  readonly scope: { readonly kind: string; readonly name: string };
  readonly state: string;
  readonly andonId: string;
  /** Why the request may not go on; null: it may. */
  readonly blocks: "stopped" | "gate" | "trial" | null;
}

/** What holds a request back, in words. */
const HELD: Readonly<Record<NonNullable<LineEntry["blocks"]>, { readonly rule: string; readonly reason: string }>> = {
  stopped: { rule: "line_stopped", reason: "is stopped; wait until people release it" },
  gate: { rule: "line_called", reason: "was called, so nothing crosses a gate; finish the work before the gate and wait for the owner" },
  trial: { rule: "line_trial", reason: "is on trial after a stop, and only the trial's change may go on; wait until the trial is over" },
};

/**
 * A pulled cord holds back what it holds back, whatever policies are in force: it must not depend on a bundle that somebody
 * publishes.
 */
export function lineObjections(line: readonly LineEntry[]): readonly Finding[] {
  return line.flatMap(({ scope, blocks }) => {
    if (blocks === null) return [];
    const { rule, reason } = HELD[blocks];
    return [{ policy: PLATFORM, rule, effect: "deny" as const, hard: true, reason: `The line of ${scope.kind} ${scope.name} ${reason}.` }];
  });
}
