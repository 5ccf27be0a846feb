import { type Content, type EventSchema, TYPE_PREFIX } from "../../schemas/event.ts";
import { newestVersion } from "../../schemas/registry.ts";
import { stableId } from "../domain/ids.ts";
import type { Draft } from "./draft.ts";

/** A CloudEvent on its way to the bus; `content` still has its text and must be handled first. */
export interface Outgoing {
  readonly family: string;
  readonly event: Record<string, unknown>;
  readonly content: readonly Content[];
  readonly sessionId: string;
}

/** A draft with the credential's identity. The id depends on what happened alone, so a resend repeats it. */
export function buildEvent(draft: Draft, agentId: string): Outgoing {
  const id = stableId(draft.undated ? 0 : draft.timeMs, agentId, draft.name, ...draft.identity);
  const event: Record<string, unknown> = {
    specversion: "1.0",
    id,
    source: `/agents/${agentId}`,
    type: typeOf(draft.name),
    time: new Date(draft.timeMs).toISOString(),
    vendor: draft.vendor,
    ...draft.attribution,
    data: draft.data,
  };
  if (draft.traceparent !== undefined) event["traceparent"] = draft.traceparent;
  return { family: familyOf(draft.name), event, content: draft.content ?? [], sessionId: String(draft.data["sessionId"] ?? "") };
}

const typeOf = (name: string): string => {
  const version = newestVersion(name);
  if (version === undefined) throw new Error(`no schema is registered for ${name}`);
  return `${TYPE_PREFIX}${name}.v${version}`;
};

/** The part of an event's name before the first dot: also the last token of its bus subject. */
export const familyOf = (name: EventSchema["name"]): string => name.slice(0, name.indexOf("."));
