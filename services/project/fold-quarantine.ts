import type { StoredEvent } from "../../schemas/event.ts";
import { QuarantineEntered } from "../../schemas/quarantine.ts";
import { foldQuarantine, type HeldEntry, nothingHeld } from "../domain/quarantine.ts";
import type { EventReader, RecordedEvent } from "../ports/event-store.ts";
import type { Rows } from "../ports/read-store.ts";
import { momentOf } from "./moments.ts";

const QUARANTINE = "quarantine-";
const PAGE = 1000;

/** An entry after its first `revision + 1` events. */
export interface Held {
  readonly id: string;
  readonly entry: HeldEntry;
  readonly revision: number;
  readonly entered: string;
  readonly settled: string;
  readonly settledReason: string;
}

export const isQuarantine = (stream: string): boolean => stream.startsWith(QUARANTINE);

/** An entry has few events and changes seldom: its whole stream is folded each time. */
export async function heldAfter(store: EventReader, last: RecordedEvent): Promise<Held> {
  const { stream, revision } = last;
  const nothing = { entered: momentOf(null), settled: momentOf(null), settledReason: "" };
  let held: Held = { ...nothing, id: stream.slice(QUARANTINE.length), entry: nothingHeld, revision: -1 };
  if (revision === 0) return foldHeld(held, last);
  while (held.revision < revision) {
    const events = await store.readStream(stream, held.revision + 1, Math.min(PAGE, revision - held.revision));
    if (events.length === 0) throw new Error(`the stream ${stream} has no event ${held.revision + 1} although a later one was read`);
    for (const recorded of events) held = foldHeld(held, recorded);
  }
  return held;
}

function foldHeld(held: Held, { type, body, revision }: RecordedEvent): Held {
  const { data, time } = JSON.parse(body) as StoredEvent;
  const entry = foldQuarantine(held.entry, { type, data });
  const moment = momentOf(time);
  if (type === QuarantineEntered.type) return { ...held, entry, revision, entered: moment };
  const reason = typeof data["reason"] === "string" ? data["reason"] : "";
  return { ...held, entry, revision, settled: moment, settledReason: reason };
}

export const heldRows = (held: Iterable<Held>): Rows => ({
  table: "quarantine",
  columns: [
    "entry",
    "revision",
    "entered",
    "agent",
    "door",
    "code",
    "reason",
    "place",
    "bytes",
    "content_type",
    "state",
    "settled",
    "settled_reason",
  ],
  values: Array.from(held, ({ id, entry, revision, entered, settled, settledReason }) => {
    const { agentId = "", door = "", code = "", reason = "", at = "", bytes = 0, contentType = "" } = entry.entered ?? {};
    return [id, revision, entered, agentId, door, code, reason, at, bytes, contentType, entry.state, settled, settledReason];
  }),
});
