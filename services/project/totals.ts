import type { Checkpoint } from "../ports/read-store.ts";
import type { Movement } from "./fold-costs.ts";
import { isQuarantine } from "./fold-quarantine.ts";
import type { ReadEvent } from "./read-event.ts";
import { namedSums, noSums, plus, type Sums, sumsFrom } from "./sums.ts";

/** What must be in the tables. Compared with them to notice what was lost. */
export class Totals {
  sums: Sums = noSums;
  #events = 0;
  #sessionEvents = 0;
  #quarantineEvents = 0;

  static from(named: Checkpoint["totals"]): Totals {
    const totals = new Totals();
    totals.sums = sumsFrom(named);
    totals.#events = Number(named["events"] ?? 0);
    totals.#sessionEvents = Number(named["session_events"] ?? 0);
    totals.#quarantineEvents = Number(named["quarantine_events"] ?? 0);
    return totals;
  }

  get events(): number {
    return this.#events;
  }

  add({ recorded, session }: ReadEvent, movement: Movement | null): void {
    this.#events += 1;
    if (session !== null) this.#sessionEvents += 1;
    if (isQuarantine(recorded.stream)) this.#quarantineEvents += 1;
    if (movement) this.sums = plus(this.sums, movement.sums);
  }

  counts(): Record<string, string> {
    return {
      events: String(this.#events),
      session_events: String(this.#sessionEvents),
      quarantine_events: String(this.#quarantineEvents),
    };
  }

  named(): Record<string, string> {
    return { ...namedSums(this.sums), ...this.counts() };
  }
}
