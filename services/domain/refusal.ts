import type { QuarantineCode } from "../../schemas/quarantine.ts";

/** Why something was not taken: what is wrong, where, and how to put it right. Never quotes what it refuses. */
export interface Refusal {
  readonly code: QuarantineCode;
  readonly reason: string;
  /** JSON pointer into the refused item; "" is the item itself. */
  readonly at: string;
}
