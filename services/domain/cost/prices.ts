import type { PriceRow } from "../../../schemas/price.ts";
import type { TokenBucket } from "../../../schemas/tokens.ts";
import { makerOf, plainModel, providerNamed } from "./models.ts";
import { picoOf } from "./money.ts";

/** A price row, ready to be compared and multiplied. */
export interface Price {
  readonly row: PriceRow;
  readonly picoPerToken: bigint;
  readonly fromMs: number;
  readonly toMs: number;
  readonly over: number;
  readonly upTo: number;
}

/** What decides a price, besides provider, model and meter. */
export interface Circumstances {
  readonly route: string;
  readonly serviceTier: string;
  readonly region: string;
  /** The whole prompt; null when only counters were seen: then the lowest band applies. */
  readonly promptTokens: number | null;
  readonly occurredMs: number;
}

/** Rows for one model, per meter, the most specific first. */
export interface ModelPrices {
  /** Provider of the rows; as the agent named it, or as the model's name tells, when there are none. */
  readonly provider: string;
  readonly meters: ReadonlyMap<TokenBucket, readonly RankedPrice[]>;
}

interface RankedPrice extends Price {
  readonly rank: number;
}

const MODELS_REMEMBERED = 5_000;

/** All prices known, by fold over the events of `price-*`. Publishing a known `priceId` again replaces the row. */
export class PriceBook {
  readonly #rows = new Map<string, Price>();
  readonly #byModel = new Map<string, ModelPrices>();
  #version = 0;

  /** Grows with every change: what was computed with an older version may be out of date. */
  get version(): number {
    return this.#version;
  }

  rows(): readonly PriceRow[] {
    return [...this.#rows.values()].map(({ row }) => row);
  }

  row(priceId: string): PriceRow | undefined {
    return this.#rows.get(priceId)?.row;
  }

  publish(row: PriceRow): void {
    this.#rows.set(row.priceId, {
      row,
      picoPerToken: picoOf(row.usdPerMillion) / 1_000_000n,
      fromMs: Date.parse(row.from),
      toMs: row.to === null ? Number.POSITIVE_INFINITY : Date.parse(row.to),
      over: row.promptBand && row.promptBand.over > 0 ? row.promptBand.over : -1,
      upTo: row.promptBand?.upTo ?? Number.POSITIVE_INFINITY,
    });
    this.#changed();
  }

  withdraw(priceId: string): void {
    if (this.#rows.delete(priceId)) this.#changed();
  }

  /**
   * Rows whose provider and model fit, found once per name. A provider that sells under its own name and prices has its
   * own rows; where it has none for this model, its maker's rows apply.
   */
  of(provider: string | undefined, model: string): ModelPrices {
    const key = `${provider ?? ""}\n${model}`;
    let found = this.#byModel.get(key);
    if (!found) {
      const named = providerNamed(provider);
      found = this.#rank(named, model);
      const maker = makerOf(model);
      if (found.meters.size === 0 && maker !== "" && maker !== named) found = this.#rank(maker, model);
      if (this.#byModel.size >= MODELS_REMEMBERED) this.#byModel.clear();
      this.#byModel.set(key, found);
    }
    return found;
  }

  #rank(provider: string, model: string): ModelPrices {
    const meters = new Map<TokenBucket, RankedPrice[]>();
    const plain = plainModel(model);
    for (const price of this.#rows.values()) {
      if (price.row.provider !== provider) continue;
      const fit = modelRank(price.row, model.toLowerCase(), plain);
      if (fit === 0) continue;
      const ranked = meters.get(price.row.meter) ?? [];
      meters.set(price.row.meter, ranked);
      ranked.push({ ...price, rank: rankOf(price.row, fit) });
    }
    for (const ranked of meters.values()) ranked.sort((a, b) => b.rank - a.rank);
    return { provider, meters };
  }

  #changed(): void {
    this.#version += 1;
    this.#byModel.clear();
  }
}

/**
 * The one row that prices this meter. The most specific wins: internal transfer before contract before list; then an exact
 * model before an alias and that before a pattern (the longer one); an exact route or region before `*`. Where two equally
 * specific rows both apply there is no price: choosing one would be a guess.
 */
export function priceOf(meter: TokenBucket, { meters }: ModelPrices, circumstances: Circumstances): Price | "none" | "ambiguous" {
  let best: RankedPrice | null = null;
  for (const price of meters.get(meter) ?? []) {
    if (best && price.rank < best.rank) break;
    if (!applies(price, circumstances)) continue;
    if (best) return "ambiguous";
    best = price;
  }
  return best ?? "none";
}

function applies({ row, fromMs, toMs, over, upTo }: Price, use: Circumstances): boolean {
  const prompt = use.promptTokens ?? 0;
  return (
    row.serviceTier === use.serviceTier &&
    (row.route === "*" || row.route === use.route) &&
    (row.region === "*" || row.region === use.region) &&
    fromMs <= use.occurredMs &&
    use.occurredMs < toMs &&
    over < prompt &&
    prompt <= upTo
  );
}

const KIND: Readonly<Record<PriceRow["kind"], number>> = { list: 0, contract: 1, internal_transfer: 2 };

function rankOf(row: PriceRow, fit: number): number {
  return KIND[row.kind] * 10_000 + fit * 4 + (row.route === "*" ? 0 : 2) + (row.region === "*" ? 0 : 1);
}

/** 0: does not fit. The very name 1001, the plain name 1000, an alias 900, a pattern: as long as what it fixes. */
function modelRank(row: PriceRow, model: string, plain: string): number {
  const name = row.model.toLowerCase();
  if (name === model) return 1_001;
  if (name === plain) return 1_000;
  if (row.aliases?.some((alias) => [model, plain].includes(alias.toLowerCase()))) return 900;
  if (name.endsWith("*") && plain.startsWith(name.slice(0, -1))) return Math.min(name.length, 800);
  return 0;
}

/** Whether a change of these rows can change what a usage costs. Rows are chosen once per model, so that a log can be scanned. */
export function changedBy(rows: readonly PriceRow[]): (provider: string, model: string, occurredMs: number) => boolean {
  const byModel = new Map<string, readonly { readonly fromMs: number; readonly toMs: number }[]>();
  return (provider, model, occurredMs) => {
    const key = `${provider}\n${model}`;
    let fitting = byModel.get(key);
    if (!fitting) {
      const providers = [providerNamed(provider), makerOf(model)];
      fitting = rows
        .filter((row) => providers.includes(row.provider) && modelRank(row, model.toLowerCase(), plainModel(model)) > 0)
        .map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: to === null ? Number.POSITIVE_INFINITY : Date.parse(to) }));
      if (byModel.size >= MODELS_REMEMBERED) byModel.clear();
      byModel.set(key, fitting);
    }
    return fitting.some(({ fromMs, toMs }) => fromMs <= occurredMs && occurredMs < toMs);
  };
}
