import type { Quarantine } from "../ports/quarantine.ts";
import { appendChanges } from "./append-changes.ts";
import { type Group, SessionAppender } from "./append-sessions.ts";
import type { Entry, Incoming, IngestDeps, Receipt, RefusedEntry } from "./batch.ts";
import { checkMessages } from "./check-messages.ts";
import { type Surroundings, unsessioned } from "./session-events.ts";

/**
 * Takes messages into the event store: parse, check, handle content, decide per session, append. Resolves when all of it
 * is durable; throws only when the store or another engine cannot be reached, and then nothing may be acknowledged.
 * Calls may overlap: a batch is decided while the one before it is being written.
 */
export function makeReceive(deps: IngestDeps): (messages: readonly Incoming[]) => Promise<Receipt[]> {
  const sessions = new SessionAppender(deps.store);

  return async (messages) => {
    const now = deps.now();
    const around: Surroundings = { prices: deps.prices(), rules: deps.rules(), recordedAt: new Date(now).toISOString() };
    const receipts: Receipt[] = messages.map(() => ({ stored: 0, duplicates: 0, quarantined: [] }));
    const { accepted, refused } = await checkMessages(messages, receipts, deps, now);

    const { groups, changes } = sort(accepted);
    refused.push(...(await sessions.append(groups, around)));
    refused.push(...(await appendChanges(changes, deps.store, around)));
    await quarantine(refused, messages, deps.quarantine);
    return receipts;
  };
}

/** Sessions keep order and are decided as a whole; everything else is appended as it comes. */
function sort(accepted: readonly Entry[]): { groups: Map<string, Group>; changes: Entry[] } {
  const groups = new Map<string, Group>();
  const changes: Entry[] = [];
  const groupOf = (entry: Entry, sessionId: string): Group => {
    const stream = `session-${entry.arrival.identity.agentId}.${sessionId}`;
    let group = groups.get(stream);
    if (!group) groups.set(stream, (group = { entries: [], itemise: null }));
    return group;
  };
  for (const entry of accepted) {
    const { data, schema } = entry.arrival;
    const sessionId = data["sessionId"];
    if (typeof sessionId !== "string") {
      changes.push(entry);
      continue;
    }
    groupOf(entry, sessionId).entries.push(entry);
    if (schema.name === "session.usage.recorded" && itemises(data) && typeof data["process"] === "string") {
      groupOf(entry, unsessioned(data["process"])).itemise ??= { process: data["process"], cause: entry.arrival };
    }
  }
  return { groups, changes };
}

/** Calls itemise their process, and so do turns told by spans: both name their session, which its metrics do not. */
function itemises({ kind, via, sessionId, process }: Record<string, unknown>): boolean {
  if (kind === "request") return true;
  return (via as { signal?: unknown }).signal === "span" && sessionId !== unsessioned(String(process));
}

async function quarantine(entries: readonly RefusedEntry[], messages: readonly Incoming[], into: Quarantine): Promise<void> {
  if (entries.length === 0) return;
  const ids = await into.enter(
    entries.map(({ refused, message }) => ({ ...refused, agentId: (messages[message] as Incoming).agentId, door: "nats" })),
  );
  entries.forEach(({ index, receipt, refused: { refusal } }, nth) => {
    receipt.quarantined.push({ at: index, code: refusal.code, reason: refusal.reason, entryId: ids[nth] as string });
  });
}
