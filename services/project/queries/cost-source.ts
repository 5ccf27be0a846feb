import type { CostDimension } from "../../../schemas/api.ts";
import { SUMS } from "../sums.ts";
import { all, COLUMN, type Condition, FILTERS, type Period, type Where, whereOf } from "./where.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Asked extends Period {
  readonly by: readonly CostDimension[];
  readonly where?: Where;
  readonly zone?: string;
}

/** What follows FROM, and what it needs. */
export interface CostSource extends Condition {
  /** The hours that are really looked at. */
  readonly from: string;
  readonly to: string;
}

/**
 * The rows to add up: whole UTC days from the daily sums where the question allows it, all else from the hourly ones. Hours
 * and days of another time zone need hours; a zone off by half an hour gets each hour on the day in which it begins.
 */
export function costSource({ by, where = {}, zone = "UTC", from, to }: Asked): CostSource {
  const first = Math.floor(Date.parse(from) / HOUR) * HOUR;
  const end = Math.ceil(Date.parse(to) / HOUR) * HOUR;
  const looked = { from: new Date(first).toISOString(), to: new Date(end).toISOString() };
  const filter = all(whereOf(where));
  const hours = `grain = 'hour' AND ${within("from", "to")} AND ${filter.sql}`;
  const params = { ...filter.params, from: seconds(first), to: seconds(end) };

  const firstDay = Math.ceil(first / DAY) * DAY;
  const endDay = Math.floor(end / DAY) * DAY;
  if (firstDay >= endDay || by.includes("hour") || (by.includes("day") && zone !== "UTC")) {
    return { ...looked, sql: `cost_rollup FINAL WHERE ${hours}`, params };
  }
  const inDays = within("first_day", "end_day");
  const days = `grain = 'day' AND ${inDays} AND ${filter.sql}`;
  const dayParams = { ...filter.params, first_day: seconds(firstDay), end_day: seconds(endDay) };
  if (firstDay === first && endDay === end) return { ...looked, sql: `cost_rollup FINAL WHERE ${days}`, params: dayParams };
  const columns = ["start", ...FILTERS.map((name) => COLUMN[name]), ...SUMS].join(", ");
  const sql = `(
    SELECT ${columns} FROM cost_rollup FINAL WHERE ${days}
    UNION ALL
    SELECT ${columns} FROM cost_rollup FINAL WHERE ${hours} AND NOT (${inDays}))`;
  return { ...looked, sql, params: { ...params, ...dayParams } };
}

const within = (from: string, to: string): string =>
  `start >= toDateTime({${from}:UInt32}, 'UTC') AND start < toDateTime({${to}:UInt32}, 'UTC')`;

const seconds = (ms: number): number => ms / 1000;
