import type { OtlpBatch } from "./model.ts";

/** A record that could not be decoded, with what was sent for it. The rest of the batch is not affected. */
export interface Problem {
  readonly reason: string;
  /** JSON pointer to the record, also in protobuf. */
  readonly at: string;
  /** The record alone, in the body's encoding. */
  readonly bytes: Uint8Array;
}

export type Decoded =
  | { readonly kind: "ok"; readonly batch: OtlpBatch; readonly rejected: number; readonly problems: readonly Problem[] }
  | { readonly kind: "unreadable"; readonly reason: string; readonly at: string };
