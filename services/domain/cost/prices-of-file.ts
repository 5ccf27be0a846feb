import type { PriceRow } from "../../../schemas/price.ts";
import type { PriceFile } from "../../../schemas/prices/price-file.ts";
import { TOKEN_BUCKETS } from "../../../schemas/tokens.ts";
import { picoOf, usdOf } from "./money.ts";

type Entry = PriceFile["prices"][number];
type Multiple = NonNullable<PriceFile["multiples"]>[string];

/**
 * The rows a price file stands for. An id follows from what it prices, so that the same entry keeps its id when its figures,
 * its end or its source change.
 * @throws Error when an entry names a source or multiple that the file does not have, or a fraction leaves a rest: faults of
 * the file, found by its test
 */
export function rowsOfFile(file: PriceFile): PriceRow[] {
  return file.prices.flatMap((entry) => [
    ...rowsOf(file, entry, null),
    ...(entry.multiples ?? []).flatMap((name) => rowsOf(file, entry, multipleOf(file, name))),
  ]);
}

function rowsOf(file: PriceFile, entry: Entry, multiple: Multiple | null): PriceRow[] {
  const note = [multiple && `${multiple.by} of the base price, by ${sourceOf(file, multiple.source).uri}`, entry.note]
    .filter((part) => typeof part === "string")
    .join("; ");
  const common = {
    provider: file.provider,
    route: multiple?.route ?? entry.route ?? "direct",
    model: entry.model,
    ...(entry.aliases && { aliases: entry.aliases }),
    serviceTier: multiple?.serviceTier ?? entry.serviceTier ?? "standard",
    region: multiple?.region ?? entry.region ?? "*",
    ...(entry.promptBand && { promptBand: entry.promptBand }),
    from: entry.from,
    to: entry.to,
    kind: "list" as const,
    seen: sourceOf(file, entry.source),
    ...(note !== "" && { note }),
  };
  return TOKEN_BUCKETS.flatMap((meter) => {
    const usd = entry.usdPerMillion[meter];
    if (usd === undefined) return [];
    const row = { ...common, meter, usdPerMillion: multiple ? times(usd, multiple.by) : usd };
    return [{ ...row, priceId: idOf(row) }];
  });
}

function idOf(row: Omit<PriceRow, "priceId">): string {
  const band = row.promptBand && row.promptBand.over > 0 ? `>${row.promptBand.over}` : "";
  const place = [row.provider, row.model, row.meter, row.route, row.serviceTier, row.region === "*" ? "any" : row.region];
  return `${place.join("/")}${band}@${row.from.slice(0, 10)}`;
}

function times(usd: string, by: string): string {
  const [numerator = "", denominator = ""] = by.split("/");
  const product = picoOf(usd) * BigInt(numerator);
  if (product % (BigInt(denominator) * 1_000_000n) !== 0n) throw new Error(`${usd} times ${by} is not exact to a millionth of a dollar`);
  return usdOf(product / BigInt(denominator));
}

function sourceOf(file: PriceFile, name: string): PriceRow["seen"] {
  const source = file.sources[name];
  if (!source) throw new Error(`the price file of ${file.provider} has no source named ${name}`);
  return source;
}

function multipleOf(file: PriceFile, name: string): Multiple {
  const multiple = file.multiples?.[name];
  if (!multiple) throw new Error(`the price file of ${file.provider} has no multiple named ${name}`);
  return multiple;
}
