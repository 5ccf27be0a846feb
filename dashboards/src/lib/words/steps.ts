import Activity from "@lucide/svelte/icons/activity";
import Bot from "@lucide/svelte/icons/bot";
import CircleAlert from "@lucide/svelte/icons/circle-alert";
import FileDiff from "@lucide/svelte/icons/file-diff";
import Flag from "@lucide/svelte/icons/flag";
import GitCommitHorizontal from "@lucide/svelte/icons/git-commit-horizontal";
import ListChecks from "@lucide/svelte/icons/list-checks";
import MessageSquareReply from "@lucide/svelte/icons/message-square-reply";
import Minimize2 from "@lucide/svelte/icons/minimize-2";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import Sparkles from "@lucide/svelte/icons/sparkles";
import SquareTerminal from "@lucide/svelte/icons/square-terminal";
import User from "@lucide/svelte/icons/user";
import { m } from "#lib/paraglide/messages.js";

/** What one can filter a timeline by. */
export const FAMILIES = ["prompts", "models", "tools", "files", "errors", "other"] as const;
export type Family = (typeof FAMILIES)[number];

export const FAMILY_NAMES: Record<Family, () => string> = {
  prompts: m.family_prompts,
  models: m.family_models,
  tools: m.family_tools,
  files: m.family_files,
  errors: m.family_errors,
  other: m.family_other,
};

const KNOWN = {
  started: { label: m.step_started, icon: Flag, family: "other" },
  ended: { label: m.step_ended, icon: Flag, family: "other" },
  "prompt.submitted": { label: m.step_prompt, icon: User, family: "prompts" },
  "response.produced": { label: m.step_response, icon: MessageSquareReply, family: "prompts" },
  "tool.decided": { label: m.step_tool_decided, icon: ShieldCheck, family: "tools" },
  "tool.called": { label: m.step_tool, icon: SquareTerminal, family: "tools" },
  "file.changed": { label: m.step_file, icon: FileDiff, family: "files" },
  "commit.recorded": { label: m.step_commit, icon: GitCommitHorizontal, family: "files" },
  "error.raised": { label: m.step_error, icon: CircleAlert, family: "errors" },
  "subagent.finished": { label: m.step_subagent, icon: Bot, family: "other" },
  "context.compacted": { label: m.step_compacted, icon: Minimize2, family: "other" },
  "activity.measured": { label: m.step_activity, icon: Activity, family: "other" },
  "source.found": { label: m.step_source, icon: ListChecks, family: "other" },
  "usage.recorded": { label: m.step_model, icon: Sparkles, family: "models" },
} as const;

export function stepLook(kind: string): { label: () => string; icon: typeof Flag; family: Family } {
  return Object.hasOwn(KNOWN, kind) ? KNOWN[kind as keyof typeof KNOWN] : { label: () => kind, icon: Activity, family: "other" };
}

const OPERATIONS: Record<string, () => string> = {
  create: m.file_created,
  update: m.file_updated,
  delete: m.file_deleted,
  read: m.file_read,
};

/** A step in a line. Its title is a name from the event: a tool, a model, an operation; without one its kind says it. */
export function stepTitle(step: { kind: string; title: string }): string {
  const { label, family } = stepLook(step.kind);
  if (step.title === step.kind) return label();
  if (step.kind === "file.changed") return OPERATIONS[step.title]?.() ?? label();
  if (family === "models" || step.kind === "tool.called") return step.title;
  return `${label()}: ${step.title}`;
}

const CONTENT: Record<string, () => string> = {
  prompt: m.content_prompt,
  response: m.content_response,
  tool_input: m.content_tool_input,
  tool_output: m.content_tool_output,
  path: m.content_path,
  error_message: m.content_error_message,
};

export const contentName = (kind: string): string => CONTENT[kind]?.() ?? kind.replaceAll("_", " ");
