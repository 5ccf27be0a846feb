import type { LogRecord } from "../../otlp/model.ts";
import { id, text } from "../values.ts";

/** Conversations of a body that are not a person's with the agent. */
export interface Threads {
  /** Codex asks a model on its own account: a title for the task, a summary for somebody who comes back. */
  readonly helpers: ReadonlySet<string>;
  readonly subagents: ReadonlySet<string>;
}

const HELPER_PROMPTS = ["Generate a concise, single-line task title", "Write a brief catch-up for a user returning to this Codex task"];

/** From this minor version on the terminal interface gives the threads that people see a server of its own. */
const MARKED_SINCE = 162;

const read = new WeakMap<readonly LogRecord[], Threads>();

export function threadsOf(body: readonly LogRecord[]): Threads {
  let threads = read.get(body);
  if (!threads) read.set(body, (threads = find(body)));
  return threads;
}

function find(body: readonly LogRecord[]): Threads {
  const unmarked = new Set<string>();
  const asked = new Set<string>();
  const helpers = new Set<string>();
  const subagents = new Set<string>();
  for (const record of body) {
    const { attributes } = record;
    const conversation = id(attributes, "conversation.id");
    switch (attributes["event.name"]) {
      case "codex.conversation_starts":
        if (conversation !== undefined && isUnmarked(record)) unmarked.add(conversation);
        break;
      case "codex.user_prompt": {
        const prompt = text(attributes, "prompt");
        if (conversation === undefined || prompt === undefined || prompt === REDACTED) break;
        (HELPER_PROMPTS.some((start) => prompt.startsWith(start)) ? helpers : asked).add(conversation);
        break;
      }
      case "codex.agent_communication": {
        const receiver = id(attributes, "receiver_thread_id");
        if (receiver !== undefined && attributes["kind"] === "spawn") subagents.add(receiver);
      }
    }
  }
  for (const conversation of unmarked) if (!asked.has(conversation)) helpers.add(conversation);
  return { helpers, subagents };
}

/** What Codex writes in the place of a prompt, by default. */
export const REDACTED = "[REDACTED]";

/**
 * Where prompts are not logged, a helper thread is known by how the terminal interface starts it: read-only, and without
 * the server that its own threads have.
 */
function isUnmarked({ attributes }: LogRecord): boolean {
  const [major, minor] = (text(attributes, "app.version") ?? "").split(".").map(Number);
  return (
    attributes["originator"] === "codex-tui" &&
    attributes["sandbox_policy"] === "read-only" &&
    attributes["mcp_servers"] === "" &&
    major !== undefined &&
    (major > 0 || (minor ?? 0) >= MARKED_SINCE)
  );
}
