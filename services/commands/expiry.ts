const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * When something ends: `90d` (days from now), a day (its end, in UTC) or a moment.
 * @param nowMs milliseconds
 * @returns RFC 3339 UTC; null when it is none of these
 */
export function readExpiry(text: string, nowMs: number): string | null {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(nowMs + Number(days) * DAY_MS).toISOString();
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) + DAY_MS : Date.parse(text);
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) && !Number.isNaN(moment)
    ? new Date(moment).toISOString()
    : null;
}
