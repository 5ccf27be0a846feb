import type { VendorTranslator } from "../vendor.ts";
import { readPoints } from "./copilot-cli/metrics.ts";
import { readSpan, VENDOR } from "./copilot-cli/spans.ts";

/** GitHub's Copilot CLI. Known by its scope: users may give the service any name. */
export const copilotCli: VendorTranslator = {
  vendor: VENDOR,
  recognises: (_resource, scope) => scope.name === "github.copilot",
  span: readSpan,
  points: readPoints,
};
