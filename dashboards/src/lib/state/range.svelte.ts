import { param, setParams } from "./address.svelte.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const PRESETS = { "1h": HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR, "30d": 720 * HOUR, "90d": 2160 * HOUR } as const;
export type Preset = keyof typeof PRESETS;
export const DEFAULT_PRESET: Preset = "7d";

const isPreset = (value: string | null): value is Preset => value !== null && Object.hasOwn(PRESETS, value);

/** Seven days are today and the six before it, whole, as this person's clock has them; hours are counted back from now. */
function startOf(preset: Preset, now: number): Date {
  const length = PRESETS[preset];
  if (length < PRESETS["7d"]) return new Date(now - length);
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - (length / (24 * HOUR) - 1));
  return day;
}

export interface Span {
  from: string;
  to: string;
}

/** Whose days are meant. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The span of time that a screen looks at: a preset that moves with the clock, or two fixed moments. Lives in the address. */
class Range {
  get preset(): Preset | null {
    if (this.fixed) return null;
    const value = param("range");
    return isPreset(value) ? value : DEFAULT_PRESET;
  }

  get fixed(): Span | null {
    const from = param("from");
    const to = param("to");
    if (!from || !to || Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return null;
    return { from, to };
  }

  /** As two moments; a preset ends now. */
  span(): Span {
    const { fixed, preset } = this;
    if (fixed) return fixed;
    const now = Date.now();
    return { from: startOf(preset ?? DEFAULT_PRESET, now).toISOString(), to: new Date(now + MINUTE).toISOString() };
  }

  /** Hours for a few days, days beyond. */
  get step(): "hour" | "day" {
    const { fixed, preset } = this;
    const length = fixed ? Date.parse(fixed.to) - Date.parse(fixed.from) : PRESETS[preset ?? DEFAULT_PRESET];
    return length <= 3 * 24 * HOUR ? "hour" : "day";
  }

  choose(preset: Preset): void {
    setParams({ range: preset === DEFAULT_PRESET ? null : preset, from: null, to: null, cursor: null });
  }

  fix(span: Span): void {
    setParams({ range: null, from: span.from, to: span.to });
  }

  /** What a link to another screen must carry so that it looks at the same time. */
  get carried(): Record<string, string> {
    const { fixed, preset } = this;
    if (fixed) return { from: fixed.from, to: fixed.to };
    return preset && preset !== DEFAULT_PRESET ? { range: preset } : {};
  }
}

export const range = new Range();
