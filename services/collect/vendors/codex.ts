import type { VendorTranslator } from "../vendor.ts";
import { readLog } from "./codex/logs.ts";
import { readPoints } from "./codex/points.ts";
import { readSpan } from "./codex/spans.ts";
import { VENDOR } from "./codex/vendor.ts";
import { text } from "./values.ts";

/**
 * OpenAI's Codex. Its scopes are its own name, alone or with the surface or the part that speaks: `codex_otel.log_only`,
 * `codex_exec`, `codex-app-server`, `codex`.
 */
export const codex: VendorTranslator = {
  vendor: VENDOR,
  recognises: (resource, scope) => /^codex($|[_.:-])/.test(scope.name) || /^codex[_-]/.test(text(resource, "service.name") ?? ""),
  log: readLog,
  span: readSpan,
  points: readPoints,
};
