import { asFields, eventOf, type Fields, frame, readPrompt } from "./fields.ts";
import type { Abilities, HookVendor, Question, Reading, ToolClass, Verdict } from "./hook.ts";
import { readToolCall } from "./tool-call.ts";

/** Tools of Claude Code 2.1; `mcp__server__tool` and what is not here is `other`. */
const CLASSES: Readonly<Record<string, ToolClass>> = {
  Read: "read",
  Glob: "read",
  Grep: "read",
  LS: "read",
  NotebookRead: "read",
  BashOutput: "read",
  TaskOutput: "read",
  TaskGet: "read",
  TaskList: "read",
  Edit: "write",
  MultiEdit: "write",
  Write: "write",
  NotebookEdit: "write",
  Bash: "execute",
  PowerShell: "execute",
  Monitor: "execute",
  WebFetch: "network",
  WebSearch: "network",
  Agent: "delegate",
  Task: "delegate",
};

const QUESTIONS: Readonly<Record<string, Abilities>> = {
  PreToolUse: { about: "tool", ask: true, change: true },
  UserPromptSubmit: { about: "prompt", ask: false, change: false },
};

/**
 * Claude Code. Seen in 45 experiments with version 2.1.329:
 * - A status other than 200, another media type and an answer that comes too late let the tool run: answers are 200, always.
 * - `permissionDecision: "allow"` skips the user's own question, so an allowed call is answered with nothing at all: what the
 *   user's settings say about it goes on to hold. Only a changed call has to be allowed, because a change alone was never seen
 *   to work; the user's deny rules beat it.
 * - `PermissionRequest` asks about calls that `PreToolUse` asked about before. It is left to the user: an answer would take
 *   the dialog away, and a second decision would need a second approval.
 */
export const claudeCode: HookVendor = {
  vendor: "claude-code",
  toolEvent: "PreToolUse",
  abilities: (event) => (Object.hasOwn(QUESTIONS, event) ? (QUESTIONS[event] as Abilities) : null),
  read(payload, named) {
    const fields = asFields(payload);
    const event = eventOf(fields, named);
    if (!claudeCode.abilities(event)) return { kind: "neutral" };
    if (!fields) return { kind: "refused", event, reason: "the payload is not a JSON object" };
    return readLikeClaude(fields, event, CLASSES);
  },
  answer: answerLikeClaude,
};

/** The payload of Claude Code, which Codex and Copilot CLI send too. */
export function readLikeClaude(
  fields: Fields,
  event: string,
  classes: Readonly<Record<string, ToolClass>>,
  morePaths?: readonly string[],
): Reading {
  const from = frame(fields["session_id"], fields["cwd"]);
  if (event === "UserPromptSubmit") return readPrompt(event, fields["prompt"], from);
  const input = fields["tool_input"];
  const read = readToolCall({ tool: fields["tool_name"], input, cwd: fields["cwd"], classes, ...(morePaths && { morePaths }) });
  if (read.kind === "unreadable") return { kind: "refused", event, reason: read.reason };
  return { kind: "question", event, request: { action: "tool.call", resource: read.resource, ...from }, input: input as Fields };
}

export function answerLikeClaude(event: string, verdict: Verdict, input: Question["input"]): string {
  if (verdict.kind !== "allow") {
    if (event === "UserPromptSubmit") return JSON.stringify({ decision: "block", reason: verdict.reason });
    const specific = { hookEventName: event, permissionDecision: verdict.kind, permissionDecisionReason: verdict.reason };
    return JSON.stringify({ hookSpecificOutput: specific });
  }
  const { warning, change } = verdict;
  return JSON.stringify({
    ...(warning !== null && { systemMessage: warning }),
    ...(change && { hookSpecificOutput: { hookEventName: event, permissionDecision: "allow", updatedInput: { ...input, ...change } } }),
  });
}
