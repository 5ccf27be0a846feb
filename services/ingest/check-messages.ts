import { checkEvent } from "../domain/check-event.ts";
import { eventUuid } from "../domain/ids.ts";
import { readMessage } from "../domain/read-message.ts";
import type { Refusal } from "../domain/refusal.ts";
import { bytesOf, type Entry, type Incoming, type IngestDeps, type Receipt, type RefusedEntry } from "./batch.ts";

type Parts = Pick<IngestDeps, "identify" | "content">;

/** Parses and checks every event of every message on its own: one bad event never holds up its neighbours. */
export async function checkMessages(
  messages: readonly Incoming[],
  receipts: readonly Receipt[],
  { identify, content }: Parts,
  now: number,
): Promise<{ accepted: Entry[]; refused: RefusedEntry[] }> {
  const accepted: Entry[] = [];
  const refused: RefusedEntry[] = [];
  const withText: { readonly entry: Entry; readonly text: Parameters<Parts["content"]["handle"]>[0][number] }[] = [];

  messages.forEach(({ agentId, payload }, message) => {
    const receipt = receipts[message] as Receipt;
    const refuse = (refusal: Refusal, index: number, bytes: Uint8Array) =>
      refused.push({ index, message, receipt, refused: { refusal, bytes, contentType: "application/json" } });

    const identity = identify(agentId);
    if (!identity) return refuse(unknownAgent, 0, payload);
    const read = readMessage(payload);
    if (read.kind === "refused") return refuse(read.refusal, 0, payload);

    read.items.forEach((item, index) => {
      const checked = checkEvent(item, agentId, now);
      if (checked.kind === "refused") {
        // What is too deep is never walked again, and so kept as it came, with its neighbours.
        return refuse(checked.refusal, index, checked.refusal.code === "too_deep" ? payload : bytesOf(item));
      }
      const uuid = eventUuid(`/agents/${agentId}`, checked.event.id);
      const entry: Entry = { arrival: { ...checked, uuid, identity }, receipt, message, index };
      accepted.push(entry);
      if (checked.content.length > 0) {
        const scope = `session-${agentId}.${String(checked.data["sessionId"] ?? "none")}`;
        withText.push({ entry, text: { eventId: uuid, scope, content: checked.content } });
      }
    });
  });

  if (withText.length > 0) {
    const handled = await content.handle(withText.map(({ text }) => text));
    withText.forEach(({ entry }, nth) => {
      entry.arrival.data["content"] = handled[nth];
    });
  }
  return { accepted, refused };
}

const unknownAgent: Refusal = {
  code: "identity_mismatch",
  reason: "no such agent is registered, or it was removed; register it, then release the entry",
  at: "",
};
