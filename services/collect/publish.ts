import { createHash } from "node:crypto";
import { eventUuid } from "../domain/ids.ts";
import type { ContentHandler } from "../ports/content-handler.ts";
import type { EventBus } from "../ports/event-bus.ts";
import type { Outgoing } from "./build-event.ts";

/** One message carries many events: with an fsync per message that is what makes the bus fast. */
const MESSAGE_EVENTS = 500;
const MESSAGE_BYTES = 1024 * 1024;

/**
 * Handles the content, then puts the events on the bus. Resolves once the bus has stored all of them.
 * Nothing of the content's text is in what is published.
 */
export async function publish(outgoing: readonly Outgoing[], agentId: string, bus: EventBus, content: ContentHandler): Promise<void> {
  await takeContentOut(outgoing, agentId, content);
  const messages: Promise<void>[] = [];
  for (const [family, events] of byFamily(outgoing)) {
    for (const payload of messagesOf(events)) {
      messages.push(bus.publish(agentId, family, payload, createHash("sha256").update(payload).digest("hex").slice(0, 32)));
    }
  }
  await Promise.all(messages);
}

async function takeContentOut(outgoing: readonly Outgoing[], agentId: string, handler: ContentHandler): Promise<void> {
  const withContent = outgoing.filter(({ content }) => content.length > 0);
  if (withContent.length === 0) return;
  const handled = await handler.handle(
    withContent.map(({ event, content, sessionId }) => ({
      eventId: eventUuid(`/agents/${agentId}`, event["id"] as string),
      scope: `session-${agentId}.${sessionId}`,
      content,
    })),
  );
  withContent.forEach(({ event }, nth) => {
    event["data"] = { ...(event["data"] as object), content: handled[nth] };
  });
}

function byFamily(outgoing: readonly Outgoing[]): Map<string, Record<string, unknown>[]> {
  const families = new Map<string, Record<string, unknown>[]>();
  for (const { family, event } of outgoing) {
    const events = families.get(family);
    if (events) events.push(event);
    else families.set(family, [event]);
  }
  return families;
}

function* messagesOf(events: readonly Record<string, unknown>[]): Iterable<Uint8Array> {
  let parts: string[] = [];
  let bytes = 0;
  for (const event of events) {
    const text = JSON.stringify(event);
    if (parts.length === MESSAGE_EVENTS || (parts.length > 0 && bytes + text.length > MESSAGE_BYTES)) {
      yield Buffer.from(`[${parts.join(",")}]`);
      parts = [];
      bytes = 0;
    }
    parts.push(text);
    bytes += text.length;
  }
  if (parts.length > 0) yield Buffer.from(`[${parts.join(",")}]`);
}
