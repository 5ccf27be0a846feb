import type { LineScope } from "../../../schemas/line.ts";
import { LIMITS } from "../../../schemas/primitives.ts";

export const STREAM = "ANDON_EVENTS";
export const CONSUMER = "ingest";
export const STREAM_SUBJECT = "andon.events.*.*";
/** Header with the subject on which a producer wants to hear that its events are in the event store. */
export const RECEIPT_HEADER = "Andon-Receipt";

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws Error when a part is not one token of a NATS subject: what reaches this point is made by the platform */
export function eventSubject(agentId: string, family: string): string {
  return `andon.events.${token(agentId)}.${token(family)}`;
}

/** What an agent's credential may do, and nothing else: no other agent's subjects, no JetStream API. */
export function agentRights(agentId: string) {
  const id = token(agentId);
  return {
    pub: { allow: [`andon.events.${id}.*`, `andon.decide.${id}`] },
    sub: { allow: [`${inboxPrefix(id)}.>`, "andon.line.>"] },
    payload: LIMITS.messageBytes,
    subs: 64,
    data: -1,
    allowed_connection_types: ["STANDARD" as const],
  };
}

export const inboxPrefix = (agentId: string): string => `_INBOX_${token(agentId)}`;

/** Where a producer may be told something: inside its own inbox, on one concrete subject. Anything else is not honoured. */
export function receiptSubject(agentId: string, wanted: string): string | null {
  const own = `${inboxPrefix(agentId)}.`;
  if (!wanted.startsWith(own) || wanted.length > 256) return null;
  return wanted
    .slice(own.length)
    .split(".")
    .every((part) => TOKEN.test(part))
    ? wanted
    : null;
}

/**
 * Where a line's state is told: `andon.line.team.payments`. Signs that mean something in a subject are percent-encoded, so
 * that one scope is one subject and a name cannot reach another's.
 */
export const lineSubject = ({ kind, name }: LineScope): string =>
  `andon.line.${kind}.${encodeURIComponent(name.toWellFormed()).replaceAll(".", "%2E").replaceAll("*", "%2A")}`;

function token(text: string): string {
  if (!TOKEN.test(text))
    throw new Error(`not usable in a bus subject: only letters, digits, _ and -, at most 64 (got ${text.length} characters)`);
  return text;
}
