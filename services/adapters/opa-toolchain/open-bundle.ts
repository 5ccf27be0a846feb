import { Compile } from "typebox/compile";
import { faultOf } from "../../../schemas/fault.ts";
import { PolicySettings } from "../../../schemas/policy-settings.ts";
import { faultInDeclaration } from "../../domain/decision/setting-values.ts";
import type { BundleRule, OpenBundle, OpenedBundle } from "../../ports/policy-bundle.ts";
import type { BundleFiles } from "./bundle.ts";
import { type BundleKeys, verifyBundle } from "./verify-bundle.ts";

const settingsChecker = Compile(PolicySettings);
const SETTINGS = /^([a-z][a-z0-9_]{0,63})\/settings\.json$/;
const utf8 = new TextDecoder();

/** Opens bundles that one of these keys signed. */
export function bundleOpener(keys: BundleKeys): OpenBundle {
  return async (bytes) => {
    const verdict = await verifyBundle(bytes, keys);
    if (verdict.kind === "refused") return verdict;
    const { digest, keyId, files } = verdict.bundle;
    const wasm = files.get("policy.wasm");
    if (!wasm) return refused("it holds no policy.wasm: build it with the entrypoint andon/decision/result");
    const policies: PolicySettings[] = [];
    for (const [path, content] of files) {
      const name = SETTINGS.exec(path)?.[1];
      if (name === undefined) continue;
      const settings = readSettings(name, content);
      if (typeof settings === "string") return refused(`${path} ${settings}`);
      policies.push(settings);
    }
    const rules = policies.flatMap(({ policy }) => rulesOf(policy, files));
    return { kind: "bundle", bundle: { digest: digest.replace(/^sha256:/, ""), signedBy: keyId, wasm, policies, rules } };
  };
}

const refused = (reason: string): OpenedBundle => ({ kind: "refused", reason });

/** Settings of a policy, or what is wrong with them. */
function readSettings(name: string, content: Uint8Array): PolicySettings | string {
  let settings: unknown;
  try {
    settings = JSON.parse(utf8.decode(content));
  } catch {
    return "is not JSON";
  }
  if (!settingsChecker.Check(settings)) {
    const { at, message } = faultOf(settingsChecker.Errors(settings));
    return `does not fit at ${at || "its top"}: ${message}`;
  }
  if (settings.policy !== name) return "is of another policy than its folder";
  for (const [setting, declaration] of Object.entries(settings.settings)) {
    const fault = faultInDeclaration(declaration);
    if (fault !== null) return `declares ${setting} wrongly: ${fault}`;
  }
  return settings;
}

/** A policy's page lists its rules in a table, their names as code in its first column. */
function rulesOf(policy: string, files: BundleFiles): BundleRule[] {
  const page = files.get(`${policy}/${policy}.md`);
  if (!page) return [];
  const cells = utf8.decode(page).matchAll(/^\|((?:\s*`[a-z][a-z0-9_]{0,63}`\s*,?)+)\|/gm);
  return [...cells].flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z0-9_]+)`/g)].map(([, rule = ""]) => ({ policy, rule })));
}
