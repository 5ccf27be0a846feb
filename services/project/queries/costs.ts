import type { CostAnswer, CostDimension, CostRow, CostTotal } from "../../../schemas/api.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { isoOf } from "../moments.ts";
import { noSums, plus, SUMS, type Sums } from "../sums.ts";
import { asOf } from "./as-of.ts";
import { costSource } from "./cost-source.ts";
import { picoIn, shown, tokensIn, unpricedIn } from "./shown-sums.ts";
import { COLUMN, orNull, type Period, type Where } from "./where.ts";

export interface CostQuery extends Period {
  readonly by: readonly CostDimension[];
  readonly where?: Where;
  /** IANA name of the time zone whose days `day` means; UTC unless said otherwise. */
  readonly zone?: string;
}

/** More groups than anybody reads: ask for fewer dimensions or a shorter time. */
export interface TooManyRows {
  readonly kind: "too_many_rows";
  readonly limit: number;
}

const LIMIT = 50_000;

const EXPRESSION: Readonly<Record<CostDimension, string>> = { ...COLUMN, hour: "start", day: "toDate(start, {zone:String})" };

/**
 * Sums of the ledger by any of its dimensions. Whole hours count: `from` is taken to the start of its hour, `to` to the end
 * of its own, and the answer says so. The total is the sum of the rows.
 */
export async function costs(reads: ReadStore, query: CostQuery): Promise<CostAnswer | TooManyRows> {
  const by = [...new Set(query.by)];
  const source = costSource({ ...query, by });
  const groups = by.map((dimension) => `${EXPRESSION[dimension]} AS ${dimension}_`);
  const order = [...by.filter((dimension) => dimension === "day" || dimension === "hour"), "pico", ...by];
  const rows = await reads.query<Row>(
    `SELECT ${[...groups, SELECTED, ...missing(by)].join(", ")}
     FROM ${source.sql}
     ${by.length > 0 ? `GROUP BY ${by.map((dimension) => `${dimension}_`).join(", ")}` : ""}
     ORDER BY ${order.map((each) => (each === "pico" ? "sum(pico) DESC" : `${each}_`)).join(", ")}
     LIMIT ${LIMIT + 1}`,
    { ...source.params, ...(by.includes("day") && { zone: query.zone ?? "UTC" }) },
  );
  if (rows.length > LIMIT) return { kind: "too_many_rows", limit: LIMIT };
  const found = rows.filter(({ sums }) => sums[MOVEMENTS] !== "0").map((row) => ({ row, sums: row.sums.map(BigInt) }));
  return {
    from: source.from,
    to: source.to,
    by: [...by],
    rows: found.map(({ row, sums }) => ({ ...placeOf(row, by), ...shown(sums) })),
    total: totalOf(found),
    asOf: await asOf(reads),
  };
}

/** Groups under their name and `_`. Sums come as one list: thousands of rows are read several times faster than by name. */
interface Row extends Readonly<Record<string, unknown>> {
  readonly sums: readonly string[];
}

interface Found {
  readonly row: Row;
  readonly sums: Sums;
}

const SELECTED = `tuple(${SUMS.map((name) => `sum(${name})`).join(", ")}) AS sums`;
const MOVEMENTS = SUMS.indexOf("movements");

/** Cost without a team or feature, for the shares: where the groups tell, it need not be asked. */
const missing = (by: readonly CostDimension[]): string[] =>
  (["team", "feature"] as const).filter((name) => !by.includes(name)).map((name) => `sumIf(pico, ${name} = '') AS no_${name}`);

function without(name: "team" | "feature", { row, sums }: Found): bigint {
  const group = row[`${name}_`];
  if (group === undefined) return BigInt(String(row[`no_${name}`]));
  return group === "" ? picoIn(sums) : 0n;
}

function placeOf(row: Row, by: readonly CostDimension[]): Partial<CostRow> {
  const place: Partial<Record<CostDimension, string | null>> = {};
  for (const dimension of by) {
    if (dimension === "day") place.day = String(row["day_"]);
    else if (dimension === "hour") place.hour = isoOf(`${String(row["hour_"])}.000`);
    else place[dimension] = orNull(String(row[`${dimension}_`]));
  }
  return place as Partial<CostRow>;
}

function totalOf(found: readonly Found[]): CostTotal {
  let sums = noSums;
  let noTeam = 0n;
  let noFeature = 0n;
  for (const each of found) {
    sums = plus(sums, each.sums);
    noTeam += without("team", each);
    noFeature += without("feature", each);
  }
  return {
    ...shown(sums),
    share: {
      unattributedTeam: shareOf(noTeam, picoIn(sums)),
      unattributedFeature: shareOf(noFeature, picoIn(sums)),
      unpriced: shareOf(unpricedIn(sums), tokensIn(sums)),
    },
  };
}

const shareOf = (part: bigint, whole: bigint): number | null => (whole === 0n ? null : Number(part) / Number(whole));
