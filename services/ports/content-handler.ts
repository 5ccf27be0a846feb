import type { Content } from "../../schemas/event.ts";

/** What stays of content in the envelope: see `ContentRef` in schemas/primitives.ts. */
export interface HandledContent {
  kind: string;
  length: number;
  commitment?: string;
  payloadId?: string;
  keyId?: string;
}

export interface ContentOf {
  /** Store id of the event the content belongs to: binds ciphertext to event. */
  readonly eventId: string;
  /** Names the key: everything of one session is sealed with one key. */
  readonly scope: string;
  readonly content: readonly Content[];
}

/**
 * Decides what happens to content before anything durable: drop it and keep its size, or seal it. When the promise
 * resolves, what was sealed is durable. The same content of the same event gives the same answer, so a repeated delivery
 * neither stores twice nor changes the event.
 */
export interface ContentHandler {
  handle(items: readonly ContentOf[]): Promise<readonly HandledContent[][]>;
}
