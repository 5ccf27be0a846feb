import { preferences } from "#lib/state/preferences.svelte.ts";
import { dateFormat } from "./intl.ts";

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "4 min ago", from one moment to another, both in milliseconds. */
export function ago(moment: number, now: number): string {
  const seconds = Math.round((moment - now) / 1000);
  const format = new Intl.RelativeTimeFormat(preferences.locale, { numeric: "auto", style: "short" });
  if (Math.abs(seconds) < 5) return format.format(0, "second");
  const [name, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return format.format(Math.round(seconds / size), name);
}

/** Date and time to the second, in this person's zone, with the zone's name. */
export function exactMoment(iso: string): string {
  return dateFormat({
    dateStyle: "medium",
    timeStyle: "long",
  }).format(new Date(iso));
}

export function dayAndTime(iso: string): string {
  return dateFormat({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
}

export const day = (iso: string): string =>
  dateFormat({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(iso));

/** The label of a bar: a day of the calendar (`2026-11-21`), or the moment at which an hour begins. */
export function bucketLabel(value: string, step: "day" | "hour"): string {
  if (step === "day") return dateFormat({ day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${value}T00:00:00Z`));
  return dateFormat({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(value));
}
