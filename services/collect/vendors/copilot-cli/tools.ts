import type { Attributes, Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { contentOf, count, id, name, present, text } from "../values.ts";

const WRITERS: Readonly<Record<string, string>> = {
  edit: "update",
  str_replace_editor: "update",
  create: "create",
  apply_patch: "unknown",
};

export function toolCalled(said: Said, span: Span, found: Findings): void {
  const { attributes } = said;
  const callId = id(attributes, "gen_ai.tool.call.id");
  const identity = [said.sessionId, callId ?? span.spanId];
  const tool = name(attributes, "gen_ai.tool.name") ?? "unknown";
  const outcome = outcomeOf(span);
  const input = text(attributes, "gen_ai.tool.call.arguments");
  const output = text(attributes, "gen_ai.tool.call.result");
  if (outcome === "blocked") {
    const data = present({ ...said.base, tool, callId, decision: "deny" });
    tell(said, found, { name: "session.tool.decided", identity, data });
  }
  tell(said, found, {
    name: "session.tool.called",
    identity,
    data: present({
      ...said.base,
      tool,
      callId,
      outcome,
      durationMs: span.endMs - span.startMs,
      inputBytes: input === undefined ? undefined : Buffer.byteLength(input),
      outputBytes: output === undefined ? undefined : Buffer.byteLength(output),
      mcpServer: serverOf(attributes, tool),
    }),
    content: contentOf(["tool_input", input], ["tool_output", output]),
  });
  const operation = WRITERS[tool];
  if (operation !== undefined && outcome === "ok") {
    const content = contentOf(["path", text(attributes, "github.copilot.tool.parameters.file_path")]);
    tell(said, found, { name: "session.file.changed", identity, data: { ...said.base, operation }, content });
  }
}

/** A command that ends with another code than 0 is a success to Copilot, but not to the one who reads the session. */
function outcomeOf(span: Span): "ok" | "failed" | "blocked" {
  const error = text(span.attributes, "error.type");
  if (error === "denied") return "blocked";
  if (error !== undefined || span.status.code === 2) return "failed";
  return (count(span.attributes, "process.exit.code") ?? 0) === 0 ? "ok" : "failed";
}

/** The names of servers are hashed unless the user lets content out. */
function serverOf(attributes: Attributes, tool: string): string | undefined {
  const server = name(
    attributes,
    "github.copilot.tool.parameters.mcp_server_name",
    "github.copilot.mcp.server.name",
    "github.copilot.tool.parameters.mcp_server_name_hash",
  );
  return server ?? (text(attributes, "github.copilot.mcp.server.transport") === undefined ? undefined : /^([^/]+)\//.exec(tool)?.[1]);
}
