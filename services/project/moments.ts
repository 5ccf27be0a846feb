const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const NO_MOMENT = "1970-01-01 00:00:00.000";

/** `2026-11-21 08:00:00.123` in UTC, as ClickHouse writes it. What is no moment becomes `otherwise`. */
export function momentOf(rfc3339: unknown, otherwise = NO_MOMENT): string {
  if (typeof rfc3339 !== "string") return otherwise;
  if (ISO.test(rfc3339)) return `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 23)}`;
  const ms = Date.parse(rfc3339);
  if (!(ms >= 0 && ms < Date.UTC(2299, 0))) return otherwise;
  return momentOf(new Date(ms).toISOString(), otherwise);
}

/** `2026-11-21T08:00:00.123Z` again. */
export const isoOf = (moment: string): string => `${moment.slice(0, 10)}T${moment.slice(11, 23)}Z`;

/** Null for a moment that was never set. */
export const isoOrNull = (moment: string): string | null => (moment === NO_MOMENT ? null : isoOf(moment));

export const msOf = (moment: string): number => Date.parse(isoOf(moment));
