import type { Static } from "typebox";
import { type PolicyScope, type PolicySettingsSet, SCOPE_KINDS } from "../../schemas/policy.ts";
import type { PolicySettings } from "../../schemas/policy-settings.ts";
import type { DecisionScope } from "../domain/decision/input.ts";
import { type EffectiveSettings, effectiveSettings, type ScopeSettings, type SetAt } from "../domain/decision/settings.ts";

/** Effective settings that are kept at hand: one for each place where work is going on. */
const MOST_KEPT = 2_000;

/** What every scope sets, in memory. */
export class SettingsBook {
  readonly #scopes = new Map<string, { scope: PolicyScope; settings: ScopeSettings }>();
  readonly #effective = new Map<string, EffectiveSettings>();

  apply({ scope, policy, settings }: Static<typeof PolicySettingsSet.data>): void {
    const before = this.#scopes.get(keyOf(scope))?.settings ?? {};
    const values = JSON.parse(settings) as Record<string, unknown>;
    this.#scopes.set(keyOf(scope), { scope, settings: { ...before, [policy]: values } });
    this.#effective.clear();
  }

  /** What the scopes around a place set, from the organisation on; with `until`, only those wider than it. */
  chain(place: DecisionScope, until?: PolicyScope["kind"]): readonly SetAt[] {
    const kinds = until === undefined ? SCOPE_KINDS : SCOPE_KINDS.slice(0, SCOPE_KINDS.indexOf(until));
    return kinds.flatMap((kind) => {
      const name = place[kind];
      const set = name === null ? undefined : this.#scopes.get(keyOf({ kind, name }));
      return set ? [set] : [];
    });
  }

  /** @param bundle digest of the policies: they declare which settings there are */
  effective(bundle: string, policies: readonly PolicySettings[], place: DecisionScope): EffectiveSettings {
    const chain = this.chain(place);
    const key = JSON.stringify([bundle, ...chain.map(({ scope }) => keyOf(scope))]);
    const known = this.#effective.get(key);
    if (known) return known;
    const effective = effectiveSettings(policies, chain);
    if (this.#effective.size >= MOST_KEPT) this.#effective.delete(this.#effective.keys().next().value as string);
    this.#effective.set(key, effective);
    return effective;
  }

  all(): readonly SetAt[] {
    return [...this.#scopes.values()];
  }
}

const keyOf = ({ kind, name }: PolicyScope): string => `${kind} ${name}`;
