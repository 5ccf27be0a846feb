import type { VendorTranslator } from "../vendor.ts";
import { VENDOR } from "./claude-code/dialect.ts";
import { readLog } from "./claude-code/logs.ts";
import { readPoints } from "./claude-code/metrics.ts";
import { readSpan } from "./claude-code/spans.ts";

/** Anthropic's Claude Code. Known by its scopes: users may give the service any name. */
export const claudeCode: VendorTranslator = {
  vendor: VENDOR,
  recognises: (_resource, scope) => scope.name === "com.anthropic.claude_code" || scope.name.startsWith("com.anthropic.claude_code."),
  log: readLog,
  span: readSpan,
  points: readPoints,
};
