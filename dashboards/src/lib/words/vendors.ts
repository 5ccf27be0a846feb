const NAMES: Record<string, string> = {
  "claude-code": "Claude Code",
  claude_code: "Claude Code",
  codex: "Codex CLI",
  "codex-cli": "Codex CLI",
  copilot: "Copilot CLI",
  "copilot-cli": "Copilot CLI",
  gemini: "Gemini CLI",
  "gemini-cli": "Gemini CLI",
  generic: "OpenTelemetry",
  otel: "OpenTelemetry",
};

/** The name a vendor gives its agent. One that nobody has heard of keeps its own. */
export const vendorName = (vendor: string): string => NAMES[vendor] ?? vendor;
