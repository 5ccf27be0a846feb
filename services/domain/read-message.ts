import { LIMITS } from "../../schemas/primitives.ts";
import type { Refusal } from "./refusal.ts";

export type Message =
  | { readonly kind: "events"; readonly items: readonly unknown[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A bus message is one CloudEvent or a JSON array of them. */
export function readMessage(payload: Uint8Array): Message {
  if (payload.length > LIMITS.messageBytes) {
    return refuse("too_large", `a message may have ${LIMITS.messageBytes} bytes, this one has ${payload.length}; send smaller batches`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("utf8"));
  } catch (error) {
    return refuse("not_json", `not JSON${placeOf(error)}; send one CloudEvent or an array of them as UTF-8 JSON`);
  }
  const items: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (items.length > LIMITS.batchEvents) {
    return refuse("too_large", `a message may carry ${LIMITS.batchEvents} events, this one has ${items.length}; send smaller batches`);
  }
  return { kind: "events", items };
}

function refuse(code: Refusal["code"], reason: string): Message {
  return { kind: "refused", refusal: { code, reason, at: "" } };
}

/** The engine's message quotes the text it choked on; only the position may leave. */
function placeOf(error: unknown): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  return position === undefined ? "" : ` (at byte ${position})`;
}
