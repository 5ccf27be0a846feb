import type { PolicyScope } from "../../../schemas/policy.ts";
import type { PolicySettings, SettingDeclaration } from "../../../schemas/policy-settings.ts";
import { canonicalJson, sha256Of } from "../canonical-json.ts";
import { faultInValue, normal, tightest } from "./setting-values.ts";

/** What one scope sets, by policy and setting. */
export type ScopeSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SetAt {
  readonly scope: PolicyScope;
  readonly settings: ScopeSettings;
}

export interface EffectiveSettings {
  readonly settings: ScopeSettings;
  /** Rego's `data`, as canonical JSON. */
  readonly json: string;
  /** SHA-256 of it. */
  readonly digest: string;
}

export interface SettingFault {
  /** Name of the setting. */
  readonly setting: string;
  /** What is wrong and how to put it right. */
  readonly message: string;
}

/**
 * What holds at the end of a chain of scopes, from the organisation to the narrowest. What the organisation sets takes the
 * place of a policy's default; from there on everything can only tighten. Settings that no policy declares, and values
 * that do not fit any more since a policy changed, are left out.
 */
export function effectiveSettings(policies: readonly PolicySettings[], chain: readonly SetAt[]): EffectiveSettings {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const { policy, settings: declared } of policies) {
    const values: Record<string, unknown> = {};
    for (const [name, declaration] of Object.entries(declared)) values[name] = effective(policy, name, declaration, chain);
    settings[policy] = values;
  }
  const json = canonicalJson({ settings });
  return { settings, json, digest: sha256Of(json) };
}

function effective(policy: string, name: string, declaration: SettingDeclaration, chain: readonly SetAt[]): unknown {
  let value = normal(declaration, declaration.default);
  for (const { scope, settings } of chain) {
    const set = settings[policy]?.[name];
    if (set === undefined || faultInValue(declaration, set)) continue;
    value = scope.kind === "org" ? normal(declaration, set) : tightest(declaration, value, set);
  }
  return value;
}

/**
 * What keeps a scope from setting these values for a policy: names and forms that do not fit, and everything by which it
 * would be looser than the scopes around it.
 * @param wider the scopes around it, from the organisation on
 */
export function faultsInSettings(
  declared: PolicySettings,
  wider: readonly SetAt[],
  scope: PolicyScope,
  proposed: Readonly<Record<string, unknown>>,
): readonly SettingFault[] {
  const around = effectiveSettings([declared], wider).settings[declared.policy] ?? {};
  return Object.entries(proposed).flatMap(([name, value]): SettingFault[] => {
    const declaration = Object.hasOwn(declared.settings, name) ? declared.settings[name] : undefined;
    if (!declaration)
      return [
        { setting: name.slice(0, 64), message: `is no setting of ${declared.policy}; it has ${Object.keys(declared.settings).join(", ")}` },
      ];
    const fault = faultInValue(declaration, value);
    if (fault) return [{ setting: name, message: `${fault.at} ${fault.message}`.trim() }];
    if (scope.kind === "org" || !isLooser(declaration, around[name], value)) return [];
    return [
      { setting: name, message: `${LOOSER[declaration.tighten]}, and ${scope.kind} ${scope.name} can only tighten what wider scopes set` },
    ];
  });
}

/** A longer deny list in a wider scope is no reason to repeat it: what is united needs no check. */
function isLooser(declaration: SettingDeclaration, wider: unknown, value: unknown): boolean {
  if (declaration.tighten === "union") return false;
  return canonicalJson(tightest(declaration, wider, value)) !== canonicalJson(normal(declaration, value));
}

const LOOSER: Readonly<Record<SettingDeclaration["tighten"], string>> = {
  intersect: "it lists something that is not allowed around it: take that out, or have the wider scope allow it first",
  union: "",
  min: "it is more than what is allowed around it: choose at most as much",
  max: "it is less than what is required around it: choose at least as much",
  or: "it takes back a requirement: leave it on",
  and: "it permits what is not permitted around it: leave it off",
};
