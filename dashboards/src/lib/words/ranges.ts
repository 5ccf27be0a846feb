import { m } from "#lib/paraglide/messages.js";
import type { Preset } from "#lib/state/range.svelte.ts";

const NAMES: Record<Preset, () => string> = {
  "1h": m.range_1h,
  "24h": m.range_24h,
  "7d": m.range_7d,
  "30d": m.range_30d,
  "90d": m.range_90d,
};

export const presetName = (preset: Preset): string => NAMES[preset]();
