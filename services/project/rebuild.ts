import type { EventReader } from "../ports/event-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import { type Pace, type Progress, project } from "./project.ts";

export interface RebuildDeps {
  readonly store: EventReader;
  readonly reads: ReadStore;
  readonly onProgress?: (progress: Progress & { readonly expected: number | null }) => void;
  readonly segmentEvents?: number;
  readonly pace?: Pace;
}

/**
 * Drops everything that was projected and projects the event store again, as far as it was filled at the start. Not beside
 * a running projector. `expected` is how many events the old projection knew.
 */
export async function rebuild(deps: RebuildDeps): Promise<{ readonly events: number }> {
  const { store, reads, onProgress = () => {} } = deps;
  const [known] = await reads.query<{ n: string }>("SELECT toString(count()) AS n FROM events");
  const expected = known && known.n !== "0" ? Number(known.n) : null;
  const until = await store.head();
  await reads.reset();
  const stop = new AbortController();
  let events = 0;
  await project({
    ...deps,
    signal: stop.signal,
    from: null,
    until,
    phase: "rebuild",
    onProgress: (progress) => onProgress({ ...progress, expected }),
    caughtUp: async (totals) => {
      events = totals.events;
      return false;
    },
  });
  return { events };
}
