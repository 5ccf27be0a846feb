import type { PriceRow } from "../../../schemas/price.ts";

export interface PriceFault {
  readonly priceId: string;
  readonly reason: string;
}

/** What is wrong with a row that its schema cannot see. */
export function faultOf(row: PriceRow): PriceFault | null {
  const fault = (reason: string): PriceFault => ({ priceId: row.priceId, reason });
  const names = [row.provider, row.route, row.serviceTier, row.region];
  if (names.some((name) => name !== name.toLowerCase())) return fault("provider, route, serviceTier and region are written in lower case");
  if (!row.provider.isWellFormed()) return fault("provider must be well-formed Unicode");
  const from = Date.parse(row.from);
  const to = row.to === null ? Number.POSITIVE_INFINITY : Date.parse(row.to);
  if (Number.isNaN(from)) return fault("from is no date; write it as 2026-11-21T00:00:00Z");
  if (Number.isNaN(to)) return fault("to is no date; write it as 2026-11-21T00:00:00Z, or null");
  if (from >= to) return fault("to must be later than from: a price is valid from its first moment until just before its last");
  if (Number.isNaN(Date.parse(row.seen.on))) return fault("seen.on is no day; write it as 2026-11-21");
  const { over, upTo } = row.promptBand ?? { over: 0, upTo: null };
  if (upTo !== null && over >= upTo) return fault("promptBand.upTo must be greater than promptBand.over, or null for no limit");
  if (row.model.slice(0, -1).includes("*")) return fault("model may have one *, at its end");
  return null;
}

/**
 * Pairs of rows that would leave usage without a price because both apply with equal right. Rows of another kind, meter,
 * tier, route, region or time never clash, and neither do an exact model, an alias and a pattern.
 */
export function clashes(rows: readonly PriceRow[]): readonly (readonly [PriceRow, PriceRow])[] {
  const groups = new Map<string, PriceRow[]>();
  for (const row of rows) {
    for (const name of [`model ${row.model}`, ...(row.aliases ?? []).map((alias) => `alias ${alias}`)]) {
      const key = [row.provider, row.kind, row.meter, row.serviceTier, row.route, row.region, name.toLowerCase()].join("\n");
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push(row);
    }
  }
  const found: (readonly [PriceRow, PriceRow])[] = [];
  for (const group of groups.values()) {
    group.forEach((row, nth) => {
      for (const other of group.slice(nth + 1)) if (overlap(row, other)) found.push([row, other]);
    });
  }
  return found;
}

function overlap(a: PriceRow, b: PriceRow): boolean {
  const until = ({ to }: PriceRow): number => (to === null ? Number.POSITIVE_INFINITY : Date.parse(to));
  const upTo = ({ promptBand }: PriceRow): number => promptBand?.upTo ?? Number.POSITIVE_INFINITY;
  const over = ({ promptBand }: PriceRow): number => promptBand?.over ?? 0;
  return Date.parse(a.from) < until(b) && Date.parse(b.from) < until(a) && over(a) < upTo(b) && over(b) < upTo(a);
}
