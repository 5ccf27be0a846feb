import type { LineScope } from "../../schemas/line.ts";
import type { AndonState } from "../domain/line/state.ts";

/** How a line stands now. */
export interface LineMessage {
  /** What a runtime acknowledges. */
  readonly broadcastId: string;
  readonly scope: LineScope;
  readonly andonId: string;
  readonly state: AndonState;
  /** The change that may pass while the line is on trial. */
  readonly trialChange: string | null;
  /** Grows with each message about the same scope: a runtime that knows a later one MUST ignore an earlier one. */
  readonly revision: number;
  /** When it was stored, RFC 3339. */
  readonly at: string;
}

/**
 * Tells every runtime in a scope, on `andon.line.<scope>`. `send` resolves when the bus has the message and rejects when
 * that failed; the same message MAY be sent again. An adapter MUST NOT wait for the runtimes: each acknowledges for itself.
 */
export interface LineBroadcast {
  send(message: LineMessage): Promise<void>;
}
