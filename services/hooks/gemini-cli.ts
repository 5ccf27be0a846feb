import { asFields, eventOf, type Fields, frame, line, readPrompt } from "./fields.ts";
import { type Abilities, type HookVendor, NEUTRAL, type Reading, type ToolClass } from "./hook.ts";
import { readToolCall } from "./tool-call.ts";

/** Tools of Gemini CLI 0.61; MCP tools and what is not here is `other`. */
const CLASSES: Readonly<Record<string, ToolClass>> = {
  read_file: "read",
  read_many_files: "read",
  list_directory: "read",
  glob: "read",
  grep_search: "read",
  search_file_content: "read",
  write_file: "write",
  replace: "write",
  save_memory: "write",
  run_shell_command: "execute",
  web_fetch: "network",
  google_web_search: "network",
  invoke_agent: "delegate",
  codebase_investigator: "delegate",
};

const QUESTIONS: Readonly<Record<string, Abilities>> = {
  BeforeTool: { about: "tool", ask: false, change: true },
  BeforeAgent: { about: "prompt", ask: false, change: false },
  BeforeModel: { about: "model", ask: false, change: false },
};

/**
 * Gemini CLI. Seen in 22 experiments with version 0.61.0:
 * - `decision: "deny"` with a reason blocks a tool, a prompt and a model call; Claude's form is ignored and the tool runs.
 * - `ask` ends the whole run without an interactive screen, so it is never sent.
 * - `hookSpecificOutput.tool_input` is merged over the arguments and needs no permission: the user's own settings go on to hold.
 * - Every other exit code than 0 and 2, plain text and a late answer let the tool run.
 */
export const geminiCli: HookVendor = {
  vendor: "gemini-cli",
  toolEvent: "BeforeTool",
  abilities: (event) => (Object.hasOwn(QUESTIONS, event) ? (QUESTIONS[event] as Abilities) : null),
  read(payload, named) {
    const fields = asFields(payload);
    const event = eventOf(fields, named);
    if (!geminiCli.abilities(event)) return { kind: "neutral" };
    return fields ? readQuestion(fields, event) : { kind: "refused", event, reason: "the payload is not a JSON object" };
  },
  answer(event, verdict) {
    if (verdict.kind !== "allow") return JSON.stringify({ decision: "deny", reason: verdict.reason });
    const { warning, change } = verdict;
    if (warning === null && change === null) return NEUTRAL;
    return JSON.stringify({
      ...(warning !== null && { systemMessage: warning }),
      ...(change && { hookSpecificOutput: { hookEventName: event, tool_input: change } }),
    });
  },
};

function readQuestion(fields: Fields, event: string): Reading {
  const from = frame(fields["session_id"], fields["cwd"]);
  if (event === "BeforeAgent") return readPrompt(event, fields["prompt"], from);
  if (event === "BeforeModel") return readModelCall(fields, event, from);
  const input = fields["tool_input"];
  const read = readToolCall({ tool: fields["tool_name"], input, cwd: fields["cwd"], classes: CLASSES });
  if (read.kind === "unreadable") return { kind: "refused", event, reason: read.reason };
  return { kind: "question", event, request: { action: "tool.call", resource: read.resource, ...from }, input: input as Fields };
}

/** The payload carries the whole conversation; nothing of it is looked at but the model's name. */
function readModelCall(fields: Fields, event: string, from: ReturnType<typeof frame>): Reading {
  const model = line(asFields(fields["llm_request"])?.["model"]);
  if (model === undefined) return { kind: "refused", event, reason: "the model's name is missing" };
  return { kind: "question", event, request: { action: "model.call", resource: { provider: "google", model }, ...from }, input: null };
}
