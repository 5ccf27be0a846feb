import type { ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import type { RecordedEvent } from "../../ports/event-store.ts";
import { positionOf } from "./position.ts";

/**
 * The event in a response, or null when it is none of ours: no event at all, of another application's stream, or one that
 * the server wrote into a stream (links, marks of deletion).
 */
export function recordedIn(response: ReadResp, namespace: string): RecordedEvent | null {
  const recorded = response.getEvent()?.getEvent();
  if (!recorded) return null;
  const name = Buffer.from(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString("utf8");
  const type = recorded.getMetadataMap().get("type") ?? "";
  if (!name.startsWith(namespace) || type.startsWith("$")) return null;
  return {
    position: positionOf(recorded.getCommitPosition()),
    stream: name.slice(namespace.length),
    revision: Number(recorded.getStreamRevision()),
    id: recorded.getId()?.getString() ?? "",
    type,
    body: Buffer.from(recorded.getData_asU8()).toString("utf8"),
  };
}
