import type { EventStore } from "../ports/event-store.ts";
import { bytesOf, type Entry, type RefusedEntry } from "./batch.ts";
import { envelopeOf, type Surroundings } from "./session-events.ts";
import { whereOf } from "./session-state.ts";

/** Events about changes come from many agents and need no state to be stored. */
export async function appendChanges(entries: readonly Entry[], store: EventStore, around: Surroundings): Promise<RefusedEntry[]> {
  if (entries.length === 0) return [];
  const outcomes = await store.append(
    entries.map(({ arrival }) => {
      const { data, schema, uuid, event } = arrival;
      const envelope = envelopeOf(arrival, whereOf(event), event.vendor ?? arrival.identity.vendor, around.recordedAt);
      return {
        stream: `change-${data["changeId"] as string}`,
        expected: "any",
        events: [{ id: uuid, type: schema.type, body: JSON.stringify({ ...envelope, data }) }],
      };
    }),
  );
  const refused: RefusedEntry[] = [];
  outcomes.forEach((outcome, nth) => {
    const entry = entries[nth] as Entry;
    if (outcome.kind === "appended") entry.receipt.stored += 1;
    else if (outcome.kind === "already") entry.receipt.duplicates += 1;
    else refused.push({ ...entry, refused: { refusal: idTaken, bytes: bytesOf(entry.arrival.event), contentType: "application/json" } });
  });
  return refused;
}

const idTaken = {
  code: "id_reused",
  reason: "this id was used before in another change; give every event an id of its own (a UUIDv7 is best)",
  at: "/id",
} as const;
