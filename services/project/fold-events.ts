import type { Rows } from "../ports/read-store.ts";
import type { ReadEvent } from "./read-event.ts";

/** Where an event is and what it can be found by. Without its body, which would be most of the memory while rows wait. */
export const eventRow = ({ recorded, envelope, time, taken, agent }: ReadEvent): readonly unknown[] => [
  recorded.position,
  recorded.stream,
  recorded.revision,
  time,
  taken,
  recorded.type,
  envelope.team ?? "",
  envelope.vendor ?? "",
  agent,
];

export const eventRows = (values: readonly (readonly unknown[])[]): Rows => ({
  table: "events",
  columns: ["position", "stream", "revision", "time", "recorded", "type", "team", "vendor", "agent"],
  values,
});
