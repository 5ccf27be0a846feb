import type { PackedAppends } from "./pack-appends.ts";
import type { PackedEvents } from "./pack-events.ts";

/** Number by which a file says that it holds an event log: "AnEv" as four bytes. */
export const EVENTS_ID = 0x416e4576;

/** Outcomes as they leave the thread: positions are numbers there. */
export type StoredOutcome =
  | { readonly kind: "appended"; readonly revision: number; readonly position: number }
  | { readonly kind: "already"; readonly revision: number }
  | { readonly kind: "conflict"; readonly current: number | null; readonly taken?: readonly string[] };

export interface PageQuestion {
  readonly after: number;
  readonly limit: number;
  readonly categories: readonly string[] | null;
}

export interface PageAnswer {
  readonly events: PackedEvents;
  /** 0 when the store is empty. */
  readonly next: number;
  readonly atEnd: boolean;
}

export type WriterCalls = {
  readonly append: readonly [PackedAppends, readonly StoredOutcome[]];
};

export type ReaderCalls = {
  readonly readStream: readonly [{ readonly stream: string; readonly from: number; readonly limit: number }, PackedEvents];
  readonly readAll: readonly [PageQuestion, PageAnswer];
  /** 0 when the store is empty. */
  readonly head: readonly [null, number];
  readonly version: readonly [null, string];
};

export interface EventThreadSettings {
  readonly file: string;
  readonly role: "writer" | "reader";
}
