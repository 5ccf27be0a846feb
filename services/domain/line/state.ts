import type { LineScope } from "../../../schemas/line.ts";
import type { Actor } from "../envelope.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long an owner may take to answer a pull when the scope has no takt. */
const RESPONSE_MS = 15 * MINUTE;
/** How long a stopped or contained line may stand before the next owner is called. */
const ESCALATE_MS = 4 * HOUR;

export type AndonState =
  | "called"
  | "responding"
  | "cleared"
  | "stopped"
  | "contained"
  | "countermeasure"
  | "trial"
  | "released"
  | "closed"
  | "escalated"
  | "voided";

export interface Puller extends Actor {
  /** Milliseconds. */
  readonly at: number;
  readonly symptom: string;
  readonly rule: string | null;
}

/** One pull of the cord and what became of it. Moments are milliseconds. */
export interface Andon {
  readonly andonId: string;
  readonly scope: LineScope;
  readonly state: AndonState;
  /** When this state began. */
  readonly since: number;
  readonly pulledAt: number;
  /** Everybody who pulled, the first one first. */
  readonly pullers: readonly Puller[];
  readonly responseMs: number;
  readonly escalateMs: number;
  /** What a puller suspects or a person found. */
  readonly causeClass: string | null;
  readonly acknowledgedBy: string | null;
  readonly stoppedAt: number | null;
  /** Who named cause and countermeasure; null while nobody has, and again after a failed trial. */
  readonly countermeasuredBy: string | null;
  readonly trial: { readonly changeId: string; readonly passed: boolean } | null;
  readonly releasedAt: number | null;
  readonly escalatedFrom: "stopped" | "contained" | null;
  readonly escalatedTo: LineScope | null;
  readonly voidProposedBy: string | null;
}

/** Everything about one scope's line. */
export interface Line {
  readonly scope: LineScope;
  /** The pull that is being worked on; null: the line runs. */
  readonly active: Andon | null;
  /** Pulls that are over, oldest first; `released` ones wait to be closed. */
  readonly past: readonly Andon[];
}

/**
 * How long until a pull stops the line, and a stop calls the next owner.
 * @param taktMs working time for each change that is needed; null: not known
 */
export const targetsOf = (taktMs: number | null): { responseMs: number; escalateMs: number } => ({
  responseMs: taktMs === null ? RESPONSE_MS : Math.min(RESPONSE_MS, taktMs / 2),
  escalateMs: taktMs === null ? ESCALATE_MS : Math.min(ESCALATE_MS, taktMs * 4),
});

/** What the clock alone asks for; null: nothing yet. The moment itself counts as over. */
export function overdue(andon: Andon, nowMs: number): "stop" | "escalate" | null {
  const waited = nowMs - andon.since;
  if (andon.state === "called") return waited >= andon.responseMs ? "stop" : null;
  if (andon.state === "stopped" || andon.state === "contained") return waited >= andon.escalateMs ? "escalate" : null;
  return null;
}

/** Where a pull stands now, whether or not anybody has recorded yet that its time was up. */
export function stateAt(andon: Andon, nowMs: number): AndonState {
  const due = overdue(andon, nowMs);
  if (due === null) return andon.state;
  return due === "stop" ? "stopped" : "escalated";
}

export type Colour = "green" | "yellow" | "red";

/** The light over a line: a stop that nobody learned from keeps it yellow. */
export function colourOf({ active, past }: Line, nowMs: number): Colour {
  if (!active) return past.some(({ state }) => state === "released") ? "yellow" : "green";
  const state = stateAt(active, nowMs);
  return state === "called" || state === "responding" ? "yellow" : "red";
}
