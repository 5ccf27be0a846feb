import type { Attributes, Scope } from "../otlp/model.ts";
import type { VendorTranslator } from "../vendor.ts";
import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilotCli } from "./copilot-cli.ts";
import { geminiCli } from "./gemini-cli.ts";
import { genaiOf } from "./genai.ts";

/** Those who know one agent. */
const vendors: readonly VendorTranslator[] = [claudeCode, copilotCli, codex, geminiCli];

const known = new WeakMap<Attributes, Map<string, VendorTranslator>>();

/** Who reads the records of this origin: the first that recognises it, else the one for OpenTelemetry's GenAI conventions. */
export function translatorOf(resource: Attributes, scope: Scope): VendorTranslator {
  let scopes = known.get(resource);
  if (!scopes) known.set(resource, (scopes = new Map()));
  let translator = scopes.get(scope.name);
  if (!translator) {
    translator = vendors.find((vendor) => vendor.recognises(resource, scope)) ?? genaiOf(resource);
    scopes.set(scope.name, translator);
  }
  return translator;
}
