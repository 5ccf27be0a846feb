import type { StoredEvent } from "../../../schemas/event.ts";
import type { RecordedEvent } from "../../ports/event-store.ts";

/** What a screen needs to know that something happened; whoever wants more asks for it by its position. */
export interface LiveMessage {
  readonly position: string;
  readonly type: string;
  readonly agent: string | null;
  readonly session: string | null;
  readonly time: string;
}

export function messageOf(recorded: RecordedEvent): LiveMessage {
  const { time } = JSON.parse(recorded.body) as StoredEvent;
  return { position: recorded.position, type: recorded.type, ...placeOf(recorded.stream), time };
}

/** Stream names say whose it is: `session-<agent>.<session>`, `agent-<agent>`. */
function placeOf(stream: string): { agent: string | null; session: string | null } {
  if (stream.startsWith("agent-")) return { agent: stream.slice("agent-".length), session: null };
  if (!stream.startsWith("session-")) return { agent: null, session: null };
  const name = stream.slice("session-".length);
  const dot = name.indexOf(".");
  return dot < 0 ? { agent: null, session: name } : { agent: name.slice(0, dot), session: name.slice(dot + 1) };
}

/** One event in the stream's form. The id is where the browser goes on after a lost connection. */
export const frameOf = (message: LiveMessage): string => `id: ${message.position}\ndata: ${JSON.stringify(message)}\n\n`;
