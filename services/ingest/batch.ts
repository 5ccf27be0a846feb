import type { AttributionRule } from "../../schemas/attribution.ts";
import type { PriceBook } from "../domain/cost/prices.ts";
import type { ContentHandler } from "../ports/content-handler.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { Quarantine, Refused } from "../ports/quarantine.ts";
import type { Arrival, Identity } from "./session-events.ts";

export interface IngestDeps {
  readonly store: EventStore;
  readonly content: ContentHandler;
  readonly quarantine: Quarantine;
  /** null: no such agent, or none any more. */
  readonly identify: (agentId: string) => Identity | null;
  readonly prices: () => PriceBook;
  readonly rules: () => readonly AttributionRule[];
  readonly now: () => number;
}

/** A message as it came from the bus. */
export interface Incoming {
  readonly agentId: string;
  readonly payload: Uint8Array;
}

/** What became of one message. Everything in it is durable by now: stored, known from before, or in quarantine. */
export interface Receipt {
  stored: number;
  duplicates: number;
  quarantined: { at: number; code: string; reason: string; entryId: string }[];
}

/** An event that may be stored, and the receipt of the message it came in. */
export interface Entry {
  readonly arrival: Arrival;
  readonly receipt: Receipt;
  /** Place of the message in the batch and of the event in the message. */
  readonly message: number;
  readonly index: number;
}

export interface RefusedEntry {
  readonly index: number;
  readonly message: number;
  readonly receipt: Receipt;
  readonly refused: Omit<Refused, "agentId" | "door">;
}

/** The bytes of one item of a batch, as quarantine keeps them and can release them. */
export const bytesOf = (item: unknown): Uint8Array => Buffer.from(JSON.stringify(item) ?? "null", "utf8");
