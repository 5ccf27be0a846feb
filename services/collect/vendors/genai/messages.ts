/**
 * The text of the last message of a role, out of the JSON that the conventions put a conversation in. Text that is no such
 * JSON is the message itself.
 */
export function lastText(written: string | undefined, role: "user" | "assistant"): string | undefined {
  if (written === undefined || !/^\s*\[/.test(written)) return written;
  let messages: unknown;
  try {
    messages = JSON.parse(written);
  } catch {
    return written;
  }
  if (!Array.isArray(messages)) return written;
  const last = messages.findLast((message: unknown) => isObject(message) && message["role"] === role);
  if (!isObject(last)) return written;
  if (typeof last["content"] === "string") return last["content"];
  const parts = Array.isArray(last["parts"]) ? last["parts"] : Array.isArray(last["content"]) ? last["content"] : [];
  const texts = parts.map((part: unknown) => (isObject(part) ? (part["content"] ?? part["text"]) : undefined));
  const joined = texts.filter((text): text is string => typeof text === "string").join("\n");
  return joined === "" ? undefined : joined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
