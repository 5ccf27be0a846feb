import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilotCli } from "./copilot-cli.ts";
import { geminiCli } from "./gemini-cli.ts";
import type { HookVendor } from "./hook.ts";

/** Vendors whose hooks are answered, by the name in the hook's address. */
export const hookVendors: ReadonlyMap<string, HookVendor> = new Map(
  [claudeCode, codex, copilotCli, geminiCli].map((each) => [each.vendor, each]),
);
