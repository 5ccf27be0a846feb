import type { Attributes } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { asName, contentOf, flag, id, name, present, size, text } from "../values.ts";

const DECISIONS: Readonly<Record<string, string>> = { accept: "allow", reject: "deny" };

/** Tools that write to a file. Whether `Write` created the file or replaced it is not said. */
const WRITERS: Readonly<Record<string, string>> = { Edit: "update", MultiEdit: "update", NotebookEdit: "update", Write: "unknown" };

/** A refused call has no result, so that it was blocked is told here. */
export function toolDecided(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  const { tool, mcpServer } = toolOf(attributes);
  const callId = id(attributes, "tool_use_id");
  const identity = [said.sessionId, callId ?? "", sequence];
  const decision = DECISIONS[text(attributes, "decision") ?? ""] ?? "unknown";
  tell(said, found, {
    name: "session.tool.decided",
    identity,
    data: present({ ...said.base, tool, callId, decision, by: name(attributes, "source") }),
  });
  if (decision !== "deny") return;
  tell(said, found, {
    name: "session.tool.called",
    identity,
    data: present({ ...said.base, tool, callId, outcome: "blocked", mcpServer }),
  });
}

/** A tool ran. The same record tells of a written file and of a commit, which get events of their own. */
export function toolCalled(said: Said, sequence: string, found: Findings): void {
  const { attributes } = said;
  const callId = id(attributes, "tool_use_id");
  const identity = [said.sessionId, callId ?? "", sequence];
  const { tool, mcpServer } = toolOf(attributes);
  const succeeded = flag(attributes, "success");
  tell(said, found, {
    name: "session.tool.called",
    identity,
    data: present({
      ...said.base,
      tool,
      callId,
      outcome: succeeded === undefined ? "unknown" : succeeded ? "ok" : "failed",
      durationMs: size(attributes, "duration_ms"),
      inputBytes: size(attributes, "tool_input_size_bytes"),
      outputBytes: size(attributes, "tool_result_size_bytes"),
      mcpServer,
    }),
    content: contentOf(
      ["tool_input", text(attributes, "tool_input") ?? text(attributes, "tool_parameters")],
      ["error", text(attributes, "error")],
    ),
  });
  const operation = WRITERS[tool];
  if (operation !== undefined && succeeded === true) {
    const data = { ...said.base, operation };
    tell(said, found, { name: "session.file.changed", identity, data, content: contentOf(["path", pathIn(attributes)]) });
  }
  commit(said, identity, found);
}

function commit(said: Said, identity: readonly string[], found: Findings): void {
  const sha = text(said.attributes, "vcs.ref.head.revision")?.toLowerCase();
  if (sha === undefined || !/^[0-9a-f]{7,64}$/.test(sha)) return;
  const data = present({ ...said.base, sha, ref: name(said.attributes, "vcs.ref.head.name") });
  tell(said, found, { name: "session.commit.recorded", identity, data });
}

/** Logs call every tool of a server `mcp_tool`; its names are in the parameters, when the user lets those out. */
function toolOf(attributes: Attributes): { tool: string; mcpServer: string | undefined } {
  const tool = name(attributes, "tool_name") ?? "unknown";
  if (tool !== "mcp_tool") return { tool, mcpServer: /^mcp__(.+?)__/.exec(tool)?.[1] };
  const parameters = jsonIn(attributes, "tool_parameters");
  const mcpServer = asName(textOf(parameters["mcp_server_name"]));
  const called = asName(textOf(parameters["mcp_tool_name"]));
  if (mcpServer === undefined || called === undefined) return { tool, mcpServer };
  return { tool: asName(`mcp__${mcpServer}__${called}`) ?? tool, mcpServer };
}

function pathIn(attributes: Attributes): string | undefined {
  const input = jsonIn(attributes, "tool_input");
  return textOf(input["file_path"]) ?? textOf(input["notebook_path"]);
}

function jsonIn(attributes: Attributes, key: string): Record<string, unknown> {
  const value = attributes[key];
  if (typeof value !== "string" || !value.startsWith("{")) return {};
  try {
    return JSON.parse(value) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
