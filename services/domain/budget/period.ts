import type { BudgetPeriod } from "../../../schemas/budget.ts";

/** A stretch of whole days in one time zone. */
export interface Period {
  /** First day, `2026-11-01`. */
  readonly from: string;
  /** First day that no longer belongs to it; null: it has no end. */
  readonly to: string | null;
  /** Milliseconds since 1970, UTC. */
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** @param zone IANA name, such as `America/Sao_Paulo` */
export function isZone(zone: string): boolean {
  // An offset is a zone to the calendar too, but it knows no daylight changes: budgets need the place.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** Whether the text is a day of the calendar: `2026-02-30` is none. */
export function isDay(day: string): boolean {
  try {
    return Temporal.PlainDate.from(day, { overflow: "reject" }).toString() === day;
  } catch {
    return false;
  }
}

/** The day of the calendar on which a moment falls. */
export const dayOf = (ms: number, zone: string): string => plainDay(ms, zone).toString();

/** The day that many days earlier. */
export const daysBefore = (day: string, days: number): string => Temporal.PlainDate.from(day).subtract({ days }).toString();

/** When a day begins: where the clock is put forward at midnight, that is one o'clock. */
export const startOf = (day: string, zone: string): number => Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;

/** The last period of each kind and zone: the next moment that is asked for nearly always falls into it as well. */
const last = new Map<string, Period>();
const MOST_KEPT = 1_000;

/**
 * The period in which a moment falls. Days have 23, 24 or 25 hours, as the zone's clock has them.
 * @param starts first day of a `total`
 */
export function periodAt(period: BudgetPeriod, zone: string, starts: string, ms: number): Period {
  const key = `${period} ${zone} ${period === "total" ? starts : ""}`;
  const known = last.get(key);
  if (known && ms >= known.fromMs && (known.toMs === null || ms < known.toMs)) return known;
  const found = findPeriod(period, zone, starts, ms);
  if (last.size >= MOST_KEPT) last.clear();
  last.set(key, found);
  return found;
}

function findPeriod(period: BudgetPeriod, zone: string, starts: string, ms: number): Period {
  const today = plainDay(ms, zone);
  switch (period) {
    case "day":
      return between(today, today.add({ days: 1 }), zone);
    case "week": {
      const monday = today.subtract({ days: today.dayOfWeek - 1 });
      return between(monday, monday.add({ days: 7 }), zone);
    }
    case "month": {
      const first = today.with({ day: 1 });
      return between(first, first.add({ months: 1 }), zone);
    }
    case "total":
      return between(Temporal.PlainDate.from(starts), null, zone);
  }
}

function between(from: Temporal.PlainDate, to: Temporal.PlainDate | null, zone: string): Period {
  return {
    from: from.toString(),
    to: to?.toString() ?? null,
    fromMs: from.toZonedDateTime(zone).epochMilliseconds,
    toMs: to?.toZonedDateTime(zone).epochMilliseconds ?? null,
  };
}

const plainDay = (ms: number, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(zone).toPlainDate();
