import type { ReadStore } from "../ports/read-store.ts";
import { AMOUNTS, SUMS } from "./sums.ts";

/** A check reads every row; nobody waits for it at a screen. */
const SECONDS = 600;

export type NamedSums = Readonly<Record<string, string>>;

export interface Written {
  readonly raw: NamedSums;
  readonly rollup: Rollup;
  /** Events, and those that were folded into sessions and quarantine entries. */
  readonly counts: NamedSums;
}

export interface Rollup {
  readonly hours: NamedSums;
  readonly days: NamedSums;
}

/** What the tables add up to. */
export async function writtenTotals(reads: ReadStore): Promise<Written> {
  return {
    raw: await rawSums(reads, null),
    rollup: await rollupSums(reads),
    counts: await one(
      reads,
      `SELECT toString((SELECT count() FROM events FINAL)) AS events,
         toString((SELECT sum(revision + 1) FROM sessions FINAL)) AS session_events,
         toString((SELECT sum(revision + 1) FROM quarantine FINAL)) AS quarantine_events`,
    ),
  };
}

/** In one question: rows that were written together are seen together. */
export async function rollupSums(reads: ReadStore): Promise<Rollup> {
  const sums = (grain: string): string => SUMS.map((name) => `toString(sumIf(${name}, grain = '${grain}')) AS ${grain}_${name}`).join(", ");
  const row = await one(reads, `SELECT ${sums("hour")}, ${sums("day")} FROM cost_rollup FINAL`);
  const named = (grain: string): NamedSums => Object.fromEntries(SUMS.map((name) => [name, row[`${grain}_${name}`] ?? ""]));
  return { hours: named("hour"), days: named("day") };
}

/** @param until the last movement that counts; null: all of them */
export function rawSums(reads: ReadStore, until: string | null): Promise<NamedSums> {
  const amounts = AMOUNTS.map((name) => `toString(sum(${name})) AS ${name}`).join(", ");
  const select = `SELECT ${amounts}, toString(count()) AS movements FROM movements FINAL`;
  return until === null ? one(reads, select) : one(reads, `${select} WHERE position <= {until:String}`, { until });
}

async function one(reads: ReadStore, sql: string, params: Record<string, unknown> = {}): Promise<NamedSums> {
  const [row] = await reads.query<Record<string, string>>(sql, params, SECONDS);
  if (!row) throw new Error("a query without groups answers one row");
  return row;
}
