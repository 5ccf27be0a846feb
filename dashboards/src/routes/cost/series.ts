import type { Dimension } from "#lib/words/dimensions.ts";
import type { CostRow, TokenSums } from "../../../../schemas/api.ts";

export type Metric = "cost" | "tokens";
export type Step = "day" | "hour";

/** One colour's worth of a chart. Null: what belongs to nobody. */
export interface Series {
  key: string;
  value: string | null;
  kind: "value" | "none" | "other";
  total: number;
}

export interface Column {
  at: string;
  total: number;
  [series: string]: number | string;
}

export interface ChartData {
  series: Series[];
  columns: Column[];
}

const MOST_SERIES = 8;
const MOST_COLUMNS = 800;

export const tokensOf = (tokens: TokenSums): number => Object.values(tokens).reduce((sum, value) => sum + value, 0);

export const measure = (row: Pick<CostRow, "cost" | "tokens">, metric: Metric): number =>
  metric === "cost" ? Number(row.cost) : tokensOf(row.tokens);

/** What names a column: a day of this person's calendar, or the moment an hour begins. */
export const bucketOf = (value: string, step: Step): string => (step === "day" ? value.slice(0, 10) : new Date(value).toISOString());

/**
 * Rows by a dimension and time as stacked columns: the biggest series by themselves, the small ones together, what is
 * unattributed always apart. Hours and days without anything are there too, because a gap is an answer.
 */
export function chartData(rows: readonly CostRow[], dimension: Dimension, metric: Metric, step: Step, from: string, to: string): ChartData {
  const totals = new Map<string | null, number>();
  for (const row of rows) {
    const value = row[dimension] ?? null;
    totals.set(value, (totals.get(value) ?? 0) + measure(row, metric));
  }
  const named = [...totals].filter((entry): entry is [string, number] => entry[0] !== null && entry[1] !== 0).sort((a, b) => b[1] - a[1]);
  const big = named.slice(0, named.length > MOST_SERIES + 1 ? MOST_SERIES : MOST_SERIES + 1);
  const small = named.slice(big.length);
  const series: Series[] = big.map(([value, total]) => ({ key: `=${value}`, value, kind: "value", total }));
  const rest = small.reduce((sum, [, total]) => sum + total, 0);
  if (small.length > 0) series.push({ key: "other", value: null, kind: "other", total: rest });
  const none = totals.get(null) ?? 0;
  if (none !== 0) series.push({ key: "none", value: null, kind: "none", total: none });

  const columns = emptyColumns(from, to, step, series);
  const keys = new Set(series.map((one) => one.key));
  for (const row of rows) {
    const at = row[step];
    const column = at === undefined ? undefined : columns.get(bucketOf(at, step));
    if (!column) continue;
    const value = row[dimension] ?? null;
    const key = value === null ? "none" : keys.has(`=${value}`) ? `=${value}` : "other";
    if (!keys.has(key)) continue;
    const amount = measure(row, metric);
    column[key] = Number(column[key] ?? 0) + amount;
    column.total += amount;
  }
  return { series, columns: [...columns.values()] };
}

function emptyColumns(from: string, to: string, step: Step, series: readonly Series[]): Map<string, Column> {
  const columns = new Map<string, Column>();
  const end = Math.min(Date.parse(to), Date.now() + 1);
  const zeros = Object.fromEntries(series.map((one) => [one.key, 0]));
  const moment = new Date(from);
  if (step === "day") moment.setHours(0, 0, 0, 0);
  else moment.setUTCMinutes(0, 0, 0);
  while (moment.getTime() < end && columns.size < MOST_COLUMNS) {
    const at = step === "day" ? localDay(moment) : moment.toISOString();
    columns.set(at, { at, total: 0, ...zeros });
    if (step === "day") moment.setDate(moment.getDate() + 1);
    else moment.setUTCHours(moment.getUTCHours() + 1);
  }
  return columns;
}

const localDay = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
