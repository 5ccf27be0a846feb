import type { CostMovement } from "../../schemas/cost.ts";
import { CostComputed, CostRecomputed } from "../../schemas/cost.ts";
import type { Rows } from "../ports/read-store.ts";
import { momentOf } from "./moments.ts";
import type { ReadEvent } from "./read-event.ts";
import { AMOUNTS, cellsOf, plus, SUMS, type Sums, sumsOf } from "./sums.ts";

/** What costs are grouped by, in the order of the tables' columns. */
export const DIMENSIONS = ["team", "feature", "model", "vendor", "agent", "repo", "change_kind"] as const;

/** One movement of the ledger, ready to be added up. */
export interface Movement {
  readonly position: string;
  readonly occurred: string;
  readonly session: string;
  readonly dimensions: readonly string[];
  readonly sums: Sums;
}

/** Null for every event that moves nothing. */
export function movementOf({ recorded, envelope, time, agent, session }: ReadEvent): Movement | null {
  if (recorded.type !== CostComputed.type && recorded.type !== CostRecomputed.type) return null;
  const data = envelope.data as unknown as CostMovement;
  const { team = "", feature = "", vendor = "", repo = "", changekind = "" } = envelope;
  // The ledger writes "unknown" when an agent did not say; a screen shows that as not attributed, like all that is missing.
  const model = data.model === "unknown" ? "" : data.model;
  return {
    position: recorded.position,
    occurred: momentOf(data.occurredAt, time),
    session: session ?? data.sessionId,
    dimensions: [team, feature, model, vendor, agent, repo, changekind],
    sums: sumsOf(data),
  };
}

export const movementRows = (movements: readonly Movement[]): Rows => ({
  table: "movements",
  columns: ["position", "occurred", "session", ...DIMENSIONS, ...AMOUNTS],
  values: movements.map(({ position, occurred, session, dimensions, sums }) => [
    position,
    occurred,
    session,
    ...dimensions,
    ...cellsOf(sums.slice(0, AMOUNTS.length)),
  ]),
});

interface Line {
  readonly grain: "hour" | "day";
  readonly start: string;
  readonly dimensions: readonly string[];
  sums: Sums;
}

/**
 * The hours and days of one segment. A row is a function of the segment and of how many movements went into it, so writing
 * the segment again from its start, in whatever portions, ends in the same rows.
 */
export class SegmentCosts {
  readonly #segment: number;
  readonly #lines = new Map<string, Line>();
  readonly #touched = new Set<Line>();

  constructor(segment: number) {
    this.#segment = segment;
  }

  add(movement: Movement): void {
    this.#add("hour", `${movement.occurred.slice(0, 13)}:00:00`, movement);
    this.#add("day", `${movement.occurred.slice(0, 10)} 00:00:00`, movement);
  }

  #add(grain: Line["grain"], start: string, { dimensions, sums }: Movement): void {
    const key = [grain, start, ...dimensions].join("\0");
    let line = this.#lines.get(key);
    if (!line) this.#lines.set(key, (line = { grain, start, dimensions, sums }));
    else line.sums = plus(line.sums, sums);
    this.#touched.add(line);
  }

  /** Rows that changed since they were last taken. */
  take(): Rows {
    const values = Array.from(this.#touched, ({ grain, start, dimensions, sums }) => [
      grain,
      this.#segment,
      start,
      ...dimensions,
      ...cellsOf(sums),
    ]);
    this.#touched.clear();
    return { table: "cost_rollup", columns: ["grain", "segment", "start", ...DIMENSIONS, ...SUMS], values };
  }
}
