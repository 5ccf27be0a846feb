import type { Static } from "typebox";
import { QuarantineDiscarded, QuarantineEntered, QuarantineReleased } from "../../schemas/quarantine.ts";

export type Entered = Static<typeof QuarantineEntered.data>;

/** An entry of the quarantine: where its stream stands. */
export interface HeldEntry {
  readonly state: "unknown" | "held" | "released" | "discarded";
  /** Events in the stream. */
  readonly events: number;
  readonly entered: Entered | null;
}

export const nothingHeld: HeldEntry = { state: "unknown", events: 0, entered: null };

/** Takes one event of the stream `quarantine-<id>`. A release that was refused again leaves the entry held. */
export function foldQuarantine(entry: HeldEntry, event: { type: string; data: unknown }): HeldEntry {
  const events = entry.events + 1;
  switch (event.type) {
    case QuarantineEntered.type:
      return { state: "held", events, entered: event.data as Entered };
    case QuarantineReleased.type: {
      const { outcome } = event.data as Static<typeof QuarantineReleased.data>;
      return { ...entry, events, state: outcome === "taken" ? "released" : "held" };
    }
    case QuarantineDiscarded.type:
      return { ...entry, events, state: "discarded" };
    default:
      return { ...entry, events };
  }
}
