import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { contentOf, flag, name, present, size, text } from "../values.ts";
import { objectIn } from "./vendor.ts";

const DECISIONS: Readonly<Record<string, "allow" | "deny">> = { accept: "allow", auto_accept: "allow", modify: "allow", reject: "deny" };

/** The tool that changes a part of a file. It logs no file operation of its own. */
const EDIT = "replace";

/**
 * One record when a tool is done: what was decided, what came of it. Calls have no id in logs, so nothing but their moment
 * and their length tells two of them apart.
 */
export function toolCalled(said: Said, found: Findings): void {
  const { attributes } = said;
  const tool = name(attributes, "function_name") ?? "unknown";
  const identity = [
    said.sessionId,
    said.base.promptId ?? "",
    tool,
    ...["event.timestamp", "duration_ms", "content_length"].map((part) => text(attributes, part) ?? ""),
  ];
  const decision = decisionIn(said);
  if (decision) tell(said, found, { name: "session.tool.decided", identity, data: present({ ...said.base, tool, ...decision }) });

  const input = text(attributes, "function_args");
  const outcome = outcomeOf(said, decision?.decision === "deny");
  tell(said, found, {
    name: "session.tool.called",
    identity,
    data: present({
      ...said.base,
      tool,
      outcome,
      durationMs: size(attributes, "duration_ms"),
      inputBytes: input === undefined ? undefined : Buffer.byteLength(input),
      outputBytes: size(attributes, "content_length"),
      mcpServer: name(attributes, "mcp_server_name"),
    }),
    content: contentOf(["tool_input", input], ["error", text(attributes, "error.message") ?? text(attributes, "error")]),
  });
  if (tool === EDIT && outcome === "ok") edited(said, identity, found);
}

/** A command that ran and failed is a success to Gemini CLI, but not to the one who reads the session. */
function outcomeOf({ attributes }: Said, denied: boolean): "ok" | "failed" | "blocked" | "unknown" {
  const succeeded = flag(attributes, "success");
  if (succeeded === undefined) return "unknown";
  if (!succeeded) return denied ? "blocked" : "failed";
  return (objectIn(attributes, "metadata")["exitCode"] ?? 0) === 0 ? "ok" : "failed";
}

/** A call that a policy or a hook stopped has no decision, only an error that names the reason. */
function decisionIn({ attributes }: Said): { decision: "allow" | "deny" | "unknown"; by: string | undefined } | null {
  const said = text(attributes, "decision");
  if (said !== undefined) return { decision: DECISIONS[said] ?? "unknown", by: said === "auto_accept" ? "config" : undefined };
  return text(attributes, "error_type") === "policy_violation" ? { decision: "deny", by: "policy" } : null;
}

function edited(said: Said, identity: readonly string[], found: Findings): void {
  const lines = objectIn(said.attributes, "metadata") as Record<string, string | number>;
  const path = objectIn(said.attributes, "function_args")["file_path"];
  tell(said, found, {
    name: "session.file.changed",
    identity,
    data: present({
      ...said.base,
      operation: "update",
      linesAdded: size(lines, "model_added_lines"),
      linesRemoved: size(lines, "model_removed_lines"),
    }),
    content: contentOf(["path", typeof path === "string" ? path : undefined]),
  });
}

const OPERATIONS = new Set(["create", "update", "read"]);

/** A file was read or written as a whole. Its path is not said. */
export function fileOperated(said: Said, found: Findings): void {
  const { attributes } = said;
  const operation = text(attributes, "operation") ?? "";
  if (text(attributes, "tool_name") === EDIT) {
    found.ignore(`gemini_cli.file_operation of ${EDIT}`);
    return;
  }
  tell(said, found, {
    name: "session.file.changed",
    identity: [
      said.sessionId,
      ...["event.timestamp", "tool_name", "operation", "lines", "extension"].map((part) => text(attributes, part) ?? ""),
    ],
    data: present({
      ...said.base,
      operation: OPERATIONS.has(operation) ? operation : "unknown",
      language: name(attributes, "programming_language"),
      // The figure is how many lines the file has, so it says what was added only of a new one.
      linesAdded: operation === "create" ? size(attributes, "lines") : undefined,
    }),
  });
}
