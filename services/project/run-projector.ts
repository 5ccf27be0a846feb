import type { EventReader, Position } from "../ports/event-store.ts";
import type { Checkpoint, ReadStore } from "../ports/read-store.ts";
import { type Pace, type Progress, project } from "./project.ts";
import { SEGMENT_EVENTS, shapeOf } from "./shape.ts";
import { namedSums } from "./sums.ts";
import type { Totals } from "./totals.ts";
import { type NamedSums, writtenTotals } from "./written-totals.ts";

export interface ProjectorDeps {
  readonly store: EventReader;
  readonly reads: ReadStore;
  readonly signal: AbortSignal;
  /** After every write. */
  readonly onProgress?: (progress: Progress) => void;
  readonly segmentEvents?: number;
  readonly pace?: Pace;
}

/**
 * Keeps the read store up to date with the event store until the signal aborts. Starts at the checkpoint and folds the
 * open segment again. Once it has caught up it compares what is in the tables with what must be: rows that were lost,
 * written by other folds or that belong to another event store are made anew from the beginning.
 */
export async function runProjector(deps: ProjectorDeps): Promise<void> {
  const { store, reads, signal, onProgress = () => {} } = deps;
  let checkpoint = await reads.checkpoint();
  let rebuilding = false;
  if (checkpoint && !(await continues(checkpoint, store, deps.segmentEvents ?? SEGMENT_EVENTS))) {
    checkpoint = null;
    rebuilding = true;
  }
  while (!signal.aborted) {
    if (rebuilding) await reads.reset();
    const caughtUp = (totals: Totals): Promise<boolean> => agrees(reads, totals);
    const phase = rebuilding ? "rebuild" : "catch-up";
    const ended = await project({ ...deps, onProgress, from: checkpoint, until: await store.head(), phase, caughtUp });
    if (ended === "aborted") return;
    if (rebuilding) throw new Error("the projection was made anew and still does not add up to the event store");
    checkpoint = null;
    rebuilding = true;
  }
}

async function continues({ position, shape }: Checkpoint, store: EventReader, segmentEvents: number): Promise<boolean> {
  if (shape !== shapeOf(segmentEvents)) return false;
  const head: Position | null = await store.head();
  return position === null || (head !== null && position <= head);
}

async function agrees(reads: ReadStore, totals: Totals): Promise<boolean> {
  const { raw, rollup, counts } = await writtenTotals(reads);
  const has = (written: NamedSums, must: NamedSums) => Object.entries(must).every(([name, value]) => written[name] === value);
  const ledger = namedSums(totals.sums);
  return has(counts, totals.counts()) && [raw, rollup.hours, rollup.days].every((sums) => has(sums, ledger));
}
