import type { HookRequest, Reading } from "./hook.ts";
import { asFolder } from "./resolve-path.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const asFields = (payload: unknown): Fields | null =>
  typeof payload === "object" && payload !== null && !Array.isArray(payload) ? (payload as Fields) : null;

/** The event's name: as the payload says it, or else the hook's address. */
export function eventOf(fields: Fields | null, named: string | null): string {
  const said = fields?.["hook_event_name"];
  return typeof said === "string" ? said : (named ?? "");
}

/** A short line of text, or nothing. */
export const line = (value: unknown): string | undefined =>
  typeof value === "string" && /^[^\p{Cc}]{1,256}$/u.test(value) && value.isWellFormed() ? value : undefined;

/** What every request of a hook says about where it comes from. */
export function frame(session: unknown, cwd: unknown): Pick<HookRequest, "context" | "session"> {
  const id = line(session);
  const folder = asFolder(cwd);
  return { context: folder === null ? {} : { cwd: folder }, ...(id !== undefined && { session: id }) };
}

/** Longer prompts are judged by their length alone. */
const LONGEST_PROMPT = 100_000;

export function readPrompt(event: string, prompt: unknown, from: Pick<HookRequest, "context" | "session">): Reading {
  if (typeof prompt !== "string") return { kind: "refused", event, reason: "the prompt is missing or not a text" };
  const resource = { length: prompt.length, ...(prompt.length <= LONGEST_PROMPT && { text: prompt.toWellFormed() }) };
  return { kind: "question", event, request: { action: "prompt.submit", resource, ...from }, input: null };
}
