import { hash } from "node:crypto";
import type { Static } from "typebox";
import { PolicyBundleActivated, PolicyBundlePublished, PolicyBundleRolledBack } from "../../../schemas/policy.ts";

export interface Canary {
  readonly digest: string;
  readonly teams: readonly string[];
  /** Share of the sessions of all teams, 0 to 100. */
  readonly percent: number;
}

/** Which bundles there are, and which decides for whom. */
export interface BundlePlaces {
  /** In the order of their publishing. */
  readonly published: readonly Static<typeof PolicyBundlePublished.data>[];
  readonly active: string | null;
  readonly canary: Canary | null;
  readonly shadow: string | null;
  /** Those that were active, the latest last, the present one not included. */
  readonly before: readonly string[];
}

export const noBundles: BundlePlaces = { published: [], active: null, canary: null, shadow: null, before: [] };

/** Takes one event of the stream `policy-bundles`. */
export function foldBundles(places: BundlePlaces, { type, data }: { type: string; data: unknown }): BundlePlaces {
  if (type === PolicyBundlePublished.type) {
    const published = data as Static<typeof PolicyBundlePublished.data>;
    if (places.published.some(({ digest }) => digest === published.digest)) return places;
    return { ...places, published: [...places.published, published] };
  }
  if (type === PolicyBundleRolledBack.type) {
    const { to } = data as Static<typeof PolicyBundleRolledBack.data>;
    const at = places.before.lastIndexOf(to);
    return { ...places, active: to, canary: null, shadow: null, before: at < 0 ? places.before : places.before.slice(0, at) };
  }
  if (type !== PolicyBundleActivated.type) return places;
  const { digest, stage, teams = [], percent = 0 } = data as Static<typeof PolicyBundleActivated.data>;
  if (stage === "shadow") return { ...places, shadow: digest };
  if (stage === "canary") return { ...places, canary: { digest, teams, percent }, shadow: null };
  if (digest === places.active) return { ...places, canary: null, shadow: null };
  const before = places.active === null ? places.before : [...places.before, places.active];
  return { ...places, active: digest, canary: null, shadow: null, before };
}

export interface PlacedBundle {
  readonly digest: string;
  readonly stage: "active" | "canary";
}

/**
 * Which bundle decides. A session keeps to one side of a canary, so that one piece of work is judged alike.
 * @param key session, or what else stays the same
 */
export function bundleFor({ active, canary }: BundlePlaces, team: string, key: string): PlacedBundle | null {
  if (canary && (canary.teams.includes(team) || shareOf(canary.digest, key) < canary.percent))
    return { digest: canary.digest, stage: "canary" };
  return active === null ? null : { digest: active, stage: "active" };
}

/** A number from 0 to 99 that is always the same for a key. */
const shareOf = (digest: string, key: string): number => Number.parseInt(hash("sha256", `${digest}\0${key}`).slice(0, 8), 16) % 100;
