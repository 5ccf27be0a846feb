import type { Refusal } from "../domain/refusal.ts";

/** Something that was refused, with its bytes. */
export interface Refused {
  readonly agentId: string;
  readonly door: "otlp" | "http" | "nats";
  readonly refusal: Refusal;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

/** Where refused things wait for a person. Resolves with an entry id for each, once they are durable. */
export interface Quarantine {
  enter(refused: readonly Refused[]): Promise<readonly string[]>;
}
