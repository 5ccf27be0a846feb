import { preferences } from "#lib/state/preferences.svelte.ts";
import { numberFormat } from "./intl.ts";

function unit(value: number, name: string, digits = 0): string {
  return numberFormat({
    style: "unit",
    unit: name,
    unitDisplay: "narrow",
    maximumFractionDigits: digits,
  }).format(value);
}

/** The two largest units that matter: 3d 4h, 1h 23m, 4m 12s, 3.2s, 450ms. */
export function duration(ms: number): string {
  if (ms < 1000) return unit(Math.round(ms), "millisecond");
  if (ms < 10_000) return unit(ms / 1000, "second", 1);
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return unit(seconds, "second");
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "minute", seconds % 60, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), "hour", minutes % 60, "minute");
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), "day", hours % 24, "hour");
}

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? unit(big, bigUnit) : `${unit(big, bigUnit)} ${unit(small, smallUnit)}`;

export const exactDuration = (ms: number): string => `${(ms / 1000).toLocaleString(preferences.locale, { maximumFractionDigits: 3 })} s`;
