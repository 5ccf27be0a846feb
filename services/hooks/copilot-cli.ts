import { answerLikeClaude, readLikeClaude } from "./claude-code.ts";
import { asFields, eventOf, type Fields, frame, readPrompt } from "./fields.ts";
import type { Abilities, HookVendor, Question, Reading, ToolClass, Verdict } from "./hook.ts";
import { readToolCall } from "./tool-call.ts";

/** Tools of Copilot CLI 1.0; `server-tool` of MCP servers and what is not here is `other`. */
const CLASSES: Readonly<Record<string, ToolClass>> = {
  view: "read",
  grep: "read",
  rg: "read",
  glob: "read",
  read_bash: "read",
  list_bash: "read",
  read_powershell: "read",
  edit: "write",
  create: "write",
  str_replace_editor: "write",
  apply_patch: "write",
  bash: "execute",
  powershell: "execute",
  write_bash: "execute",
  write_powershell: "execute",
  web_fetch: "network",
  web_search: "network",
  task: "delegate",
};

/** The names that the same tools have in hooks which are registered in Claude Code's spelling. */
const CLAUDE_CLASSES: Readonly<Record<string, ToolClass>> = { ...CLASSES, Read: "read", Edit: "write", Write: "write", Bash: "execute" };

const QUESTIONS: Readonly<Record<string, Abilities>> = {
  preToolUse: { about: "tool", ask: true, change: true },
  userPromptSubmitted: { about: "prompt", ask: false, change: false },
  PreToolUse: { about: "tool", ask: true, change: false },
  UserPromptSubmit: { about: "prompt", ask: false, change: false },
};

/**
 * GitHub Copilot CLI. Seen in 27 experiments with version 1.0.102:
 * - A hook that is registered as `preToolUse` ignores Claude's form of an answer, one registered as `PreToolUse` takes it.
 * - Over HTTP it denies on 4xx, 5xx and a refused connection; a timeout and a body that is not JSON let the tool run.
 * - `permissionDecision: "allow"` skips the user's own question: an allowed call is answered with nothing. A change comes
 *   together with it, because it was never seen to work alone.
 * - Every MCP call is in `preToolUse` too, so `preMcpToolCall` is not answered; `permissionRequest` is left to the user.
 */
export const copilotCli: HookVendor = {
  vendor: "copilot-cli",
  toolEvent: "preToolUse",
  abilities: (event) => (Object.hasOwn(QUESTIONS, event) ? (QUESTIONS[event] as Abilities) : null),
  read(payload, named) {
    const fields = asFields(payload);
    const event = fields && !("hook_event_name" in fields) && named === null ? guessed(fields) : eventOf(fields, named);
    if (!copilotCli.abilities(event)) return { kind: "neutral" };
    if (!fields) return { kind: "refused", event, reason: "the payload is not a JSON object" };
    return /^[A-Z]/.test(event) ? readLikeClaude(fields, event, CLAUDE_CLASSES) : readQuestion(fields, event);
  },
  answer: (event, verdict, input) => (/^[A-Z]/.test(event) ? answerLikeClaude(event, verdict, input) : answerOwn(event, verdict, input)),
};

/** Hooks in its own spelling do not say which event they are: where the address does not, the fields that only one event has do. */
function guessed(fields: Fields): string {
  if ("toolArgs" in fields && !("toolResult" in fields) && !("error" in fields)) return "preToolUse";
  return "prompt" in fields && !("transformedPrompt" in fields) ? "userPromptSubmitted" : "";
}

function readQuestion(fields: Fields, event: string): Reading {
  const from = frame(fields["sessionId"], fields["cwd"]);
  if (event === "userPromptSubmitted") return readPrompt(event, fields["prompt"], from);
  const input = fields["toolArgs"];
  const read = readToolCall({ tool: fields["toolName"], input, cwd: fields["cwd"], classes: CLASSES });
  if (read.kind === "unreadable") return { kind: "refused", event, reason: read.reason };
  return { kind: "question", event, request: { action: "tool.call", resource: read.resource, ...from }, input: input as Fields };
}

function answerOwn(event: string, verdict: Verdict, input: Question["input"]): string {
  const prompt = event === "userPromptSubmitted";
  if (verdict.kind !== "allow") {
    return JSON.stringify(
      prompt
        ? { decision: "block", reason: verdict.reason }
        : { permissionDecision: verdict.kind, permissionDecisionReason: verdict.reason },
    );
  }
  // Its hooks have no way to tell the user something; the agent can be told, before a tool alone.
  return JSON.stringify({
    ...(verdict.change && { permissionDecision: "allow", modifiedArgs: { ...input, ...verdict.change } }),
    ...(verdict.warning !== null && !prompt && { additionalContext: verdict.warning }),
  });
}
