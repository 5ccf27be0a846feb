import type { StoredEvent } from "../../schemas/event.ts";
import type { RecordedEvent } from "../ports/event-store.ts";
import { momentOf } from "./moments.ts";

/** An event as the folds take it. */
export interface ReadEvent {
  readonly recorded: RecordedEvent;
  readonly envelope: Partial<StoredEvent>;
  /** When it happened and when it was taken in, as ClickHouse writes moments. */
  readonly time: string;
  readonly taken: string;
  /** Who did it; "" for people and the platform. What the ledger says of a session is its agent's. */
  readonly agent: string;
  /** Set on every event of a session's stream. */
  readonly session: string | null;
}

const SESSION = "session-";

/** Never fails: an event that nobody understands is still an event that somebody may look for. */
export function readEvent(recorded: RecordedEvent): ReadEvent {
  const envelope = parse(recorded.body);
  const taken = momentOf(envelope.recordedat);
  const [agent, session] = owner(recorded.stream, envelope);
  return { recorded, envelope, time: momentOf(envelope.time, taken), taken, agent, session };
}

function parse(body: string): Partial<StoredEvent> {
  try {
    const envelope: unknown = JSON.parse(body);
    return typeof envelope === "object" && envelope !== null ? (envelope as Partial<StoredEvent>) : {};
  } catch {
    return {};
  }
}

/** A session's stream is named after its agent and itself. Either may contain a dot; the data says where the session begins. */
function owner(stream: string, { data, actorkind, actorid }: Partial<StoredEvent>): [string, string | null] {
  if (!stream.startsWith(SESSION)) return [actorkind === "agent" ? (actorid ?? "") : "", null];
  const name = stream.slice(SESSION.length);
  const said = data?.["sessionId"];
  if (typeof said === "string" && name.endsWith(`.${said}`)) return [name.slice(0, -said.length - 1), said];
  const dot = name.indexOf(".");
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
}

export const streamOfSession = (agent: string, session: string): string => `${SESSION}${agent}.${session}`;
