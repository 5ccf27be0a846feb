import { answerLikeClaude, readLikeClaude } from "./claude-code.ts";
import { asFields, eventOf, type Fields } from "./fields.ts";
import { type Abilities, type HookVendor, NEUTRAL, type ToolClass } from "./hook.ts";

/** Tools as Codex's hooks name them: its shell is `Bash`. */
const CLASSES: Readonly<Record<string, ToolClass>> = {
  Bash: "execute",
  shell: "execute",
  exec_command: "execute",
  write_stdin: "execute",
  apply_patch: "write",
  view_image: "read",
  web_search: "network",
  spawn_agent: "delegate",
  collaborationspawn_agent: "delegate",
};

const QUESTIONS: Readonly<Record<string, Abilities>> = {
  PreToolUse: { about: "tool", ask: false, change: true },
  UserPromptSubmit: { about: "prompt", ask: false, change: false },
};

/**
 * Codex CLI. Seen in 30 experiments with version 0.169.0, and in the schemas inside its binary:
 * - One unknown field voids the whole answer and the tool runs; so does `ask`, and a `deny` without a reason.
 * - A hook that fails, is late or exits with anything but 2 lets the tool run.
 * - Before a model request it cannot be stopped; `PermissionRequest` is left to the user, as with Claude Code.
 */
export const codex: HookVendor = {
  vendor: "codex",
  toolEvent: "PreToolUse",
  abilities: (event) => (Object.hasOwn(QUESTIONS, event) ? (QUESTIONS[event] as Abilities) : null),
  read(payload, named) {
    const fields = asFields(payload);
    const event = eventOf(fields, named);
    if (!codex.abilities(event)) return { kind: "neutral" };
    if (!fields) return { kind: "refused", event, reason: "the payload is not a JSON object" };
    return readLikeClaude(fields, event, CLASSES, patchedPaths(fields));
  },
  answer(event, verdict, input) {
    const silent = verdict.kind === "allow" && verdict.warning === null && verdict.change === null;
    return silent ? NEUTRAL : answerLikeClaude(event, verdict, input);
  },
};

/** The files of a patch are in its text alone. */
function patchedPaths(fields: Fields): string[] {
  const patch = fields["tool_name"] === "apply_patch" ? asFields(fields["tool_input"])?.["command"] : undefined;
  if (typeof patch !== "string") return [];
  return [...patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)].map(([, path = ""]) => path.trim());
}
