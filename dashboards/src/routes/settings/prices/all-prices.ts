import { api } from "#lib/api.ts";
import type { PriceItem, PricePage } from "../../../../../schemas/api.ts";

const PAGE = 500;
const MOST_PAGES = 40;

/** The whole price book: it is searched and ordered here. */
export async function allPrices(signal: AbortSignal): Promise<{ items: PriceItem[]; asOf: string | null; whole: boolean }> {
  const items: PriceItem[] = [];
  let page: PricePage = await api.prices({ limit: PAGE }, signal);
  items.push(...page.items);
  for (let count = 1; page.next !== null && count < MOST_PAGES; count += 1) {
    page = await api.prices({ limit: PAGE, cursor: page.next }, signal);
    items.push(...page.items);
  }
  return { items, asOf: page.asOf, whole: page.next === null };
}
