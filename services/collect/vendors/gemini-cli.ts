import type { VendorTranslator } from "../vendor.ts";
import { readLog } from "./gemini-cli/logs.ts";
import { readPoints } from "./gemini-cli/points.ts";
import { VENDOR } from "./gemini-cli/vendor.ts";
import { text } from "./values.ts";

/**
 * Google's Gemini CLI. Its spans repeat the conversation and tell nothing that its logs do not, tokens least of all, so
 * they are left out. Never read its resource's `process.command_args`: the prompt of `gemini -p` is in it.
 */
export const geminiCli: VendorTranslator = {
  vendor: VENDOR,
  recognises: (resource, scope) => scope.name === "gemini-cli" || text(resource, "service.name") === "gemini-cli",
  log: readLog,
  points: readPoints,
};
