export interface LocalTime {
  /** RFC 3339 UTC, milliseconds. */
  readonly utc: string;
  /** The rest is local to `zone`: the date, 1 for Monday to 7, and the minute of the day from 0. */
  readonly date: string;
  readonly weekday: number;
  readonly minute: number;
  readonly zone: string;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A moment as the calendar and clock of a zone show it.
 * @param zone IANA name
 * @throws RangeError when there is no such zone
 */
export function localTime(ms: number, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    utc: new Date(ms).toISOString(),
    date: `${of("year")}-${of("month")}-${of("day")}`,
    weekday: DAYS.indexOf(of("weekday")) + 1,
    minute: Number(of("hour")) * 60 + Number(of("minute")),
    zone,
  };
}

/** Making one takes longer than all the rest of a decision. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}
