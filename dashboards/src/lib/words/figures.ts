import { bytes, count } from "#lib/format/count.ts";
import { duration } from "#lib/format/duration.ts";
import { m } from "#lib/paraglide/messages.js";

const PARTS: Record<string, () => string> = {
  "event store": m.part_event_store,
  bus: m.part_bus,
  ingest: m.part_ingest,
  collect: m.part_collect,
  analytics: m.part_analytics,
  projection: m.part_projection,
  payloads: m.part_payloads,
  prices: m.prices,
  api: m.part_api,
};

const FIGURES: Record<string, () => string> = {
  waitingMessages: m.figure_waiting,
  messages: m.figure_messages,
  stored: m.figure_stored,
  duplicates: m.figure_duplicates,
  quarantined: m.figure_quarantined,
  ignoredRecords: m.figure_ignored,
  events: m.figure_events,
  lagMs: m.figure_lag,
  payloads: m.figure_payloads,
  bytes: m.figure_bytes,
  rows: m.figure_rows,
};

const UNITS: readonly { ending: RegExp; format: (value: number) => string }[] = [
  { ending: /Ms$/, format: duration },
  { ending: /(Bytes|^bytes)$/, format: bytes },
];

/** What a part of the platform is called. One that is not known here keeps its own name. */
export const partName = (name: string): string => PARTS[name]?.() ?? name;

/** A figure of a part of the platform: its name says its unit (`lagMs`, `storedBytes`). */
export function figure(name: string, value: number): { label: string; text: string; exact: string } {
  const unit = UNITS.find(({ ending }) => ending.test(name));
  const stem = name
    .replace(/(Ms|Bytes)$/, "")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return { label: FIGURES[name]?.() ?? stem, text: (unit?.format ?? count)(value), exact: `${name} = ${value}` };
}
