import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { contentOf, flag, id, name, present, size, text } from "../values.ts";
import { filesIn } from "./patch.ts";

export function toolDecided(said: Said, found: Findings): void {
  const { attributes } = said;
  const callId = id(attributes, "call_id");
  tell(said, found, {
    name: "session.tool.decided",
    identity: [said.sessionId, callId ?? "", text(attributes, "event.timestamp") ?? ""],
    data: present({
      ...said.base,
      tool: name(attributes, "tool_name") ?? "unknown",
      callId,
      decision: decisionOf(text(attributes, "decision") ?? ""),
      by: name(attributes, "source")?.toLowerCase(),
    }),
  });
}

/** `approved`, `approved_for_session` and their like on one side; a person who stops the turn refuses as well. */
function decisionOf(said: string): "allow" | "deny" | "unknown" {
  if (said.startsWith("approved")) return "allow";
  return ["denied", "abort", "timed_out"].includes(said) ? "deny" : "unknown";
}

/** How Codex words it in the output when an approval was refused: the tool did not run. */
const REFUSED = /\bRejected\(|rejected by user/;

/** The lines that Codex writes over a command's output tell how it ended. */
const EXIT = /^(?:Process exited with code|Exit code:) (-?\d+)$/m;

/** A command that ran and failed is a success to Codex, but not to the one who reads the session. */
function outcomeOf(succeeded: boolean | undefined, output: string): "ok" | "failed" | "blocked" | "unknown" {
  if (succeeded === undefined) return "unknown";
  if (!succeeded) return REFUSED.test(output) ? "blocked" : "failed";
  const [head = ""] = output.split("\nOutput:\n", 1);
  return (EXIT.exec(head)?.[1] ?? "0") === "0" ? "ok" : "failed";
}

export function toolCalled(said: Said, found: Findings): void {
  const { attributes } = said;
  const callId = id(attributes, "call_id");
  const identity = [said.sessionId, callId ?? "", text(attributes, "tool_result_seq") ?? text(attributes, "event.timestamp") ?? ""];
  const tool = name(attributes, "tool_name") ?? "unknown";
  const input = text(attributes, "arguments");
  const output = text(attributes, "output");
  const succeeded = flag(attributes, "success");
  tell(said, found, {
    name: "session.tool.called",
    identity,
    data: present({
      ...said.base,
      tool,
      callId,
      outcome: outcomeOf(succeeded, output ?? ""),
      durationMs: size(attributes, "duration_ms"),
      inputBytes: bytesOf(input),
      outputBytes: flag(attributes, "output_truncated") === true ? undefined : bytesOf(output),
      mcpServer: name(attributes, "mcp_server"),
    }),
    content: contentOf(["tool_input", input], ["tool_output", output]),
  });
  if (tool !== "apply_patch" || succeeded !== true || input === undefined) return;
  filesIn(input).forEach(({ operation, path, added, removed }, nth) => {
    tell(said, found, {
      name: "session.file.changed",
      identity: [...identity, String(nth)],
      data: { ...said.base, operation, linesAdded: added, linesRemoved: removed },
      content: contentOf(["path", path]),
    });
  });
}

const bytesOf = (value: string | undefined): number | undefined => (value === undefined ? undefined : Buffer.byteLength(value));
