import assert from "node:assert/strict";
import type { StoredEvent } from "../../schemas/event.ts";
import type { PriceRow } from "../../schemas/price.ts";
import type { TokenDelta } from "../../schemas/tokens.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { publishPrices } from "../cost/change-prices.ts";
import { readPriceHistory } from "../cost/price-history.ts";
import { CostSums } from "../domain/cost/cost-sums.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import { makeReceive } from "../ingest/receive.ts";
import type { EventStore } from "../ports/event-store.ts";

export const AT = "2026-11-21T12:00:00.000Z";
export const ana = { actor: { kind: "human", id: "ana" }, at: AT, reason: "as agreed" } as const;

const identities = {
  agt_a: { agentId: "agt_a", agent: "claude-payments", team: "payments", feature: "checkout" },
  agt_b: { agentId: "agt_b", agent: "codex-risk", team: "risk" },
};

/** Use that an agent reports. */
export interface Report {
  readonly agent?: keyof typeof identities;
  readonly session?: string;
  readonly id: string;
  readonly tokens: TokenDelta;
  readonly time?: string;
  readonly more?: object;
  readonly envelope?: object;
}

/** A price of the only model of the only provider. */
export function price(meter: "input" | "output", usdPerMillion: string, change: Partial<PriceRow> = {}): PriceRow {
  return {
    priceId: `acme/${meter}`,
    provider: "acme",
    route: "*",
    model: "m",
    meter,
    serviceTier: "standard",
    region: "*",
    usdPerMillion,
    from: "2026-01-01T00:00:00Z",
    to: null,
    kind: "list",
    seen: { uri: "https://example.com", on: "2026-11-21" },
    ...change,
  };
}

/** An event log with the real ingester on it, whose prices can be changed. */
export class PricedLedger {
  readonly store: EventStore;
  /** What the ingester believes things cost. */
  book = new PriceBook();
  readonly #receive: ReturnType<typeof makeReceive>;

  /** @param store a log that is there already: the new ingester knows only what it tells */
  constructor(store = openMemoryEventStore()) {
    this.store = store;
    this.#receive = makeReceive({
      store,
      content: { handle: async (items) => items.map(() => []) },
      quarantine: { enter: async (refused) => assert.fail(JSON.stringify(refused)) },
      identify: (agentId) => identities[agentId as keyof typeof identities] ?? null,
      prices: () => this.book,
      rules: () => [],
      now: () => Date.parse(AT),
    });
  }

  /** Publishes, and lets the ingester know, as it would by following the log. */
  async publish(...rows: PriceRow[]): Promise<void> {
    const published = await publishPrices(this.store, rows, ana);
    assert.equal(published.kind, "ok", JSON.stringify(published));
    ({ book: this.book } = await readPriceHistory(this.store));
  }

  async report({ agent = "agt_a", session = "s1", id, tokens, time = "2026-11-21T11:00:00Z", more, envelope }: Report): Promise<void> {
    const event = {
      specversion: "1.0",
      id,
      source: "agent",
      type: "andon.session.usage.recorded.v2",
      time,
      ...envelope,
      data: {
        sessionId: session,
        kind: "request",
        key: id,
        via: { signal: "log", name: "log", rank: 7 },
        provider: "acme",
        model: "m",
        convention: "disjoint",
        quality: "exact",
        tokens,
        ...more,
      },
    };
    await this.#receive([{ agentId: agent, payload: Buffer.from(JSON.stringify([event])) }]);
  }

  async events(type?: string): Promise<StoredEvent[]> {
    const all = (await this.store.readAll(null, 100_000)).events.map(({ body }) => JSON.parse(body) as StoredEvent);
    return all.filter((event) => type === undefined || event.type === type);
  }

  /** Every movement of the ledger, added up by group: dollars, unpriced tokens, input and output tokens. */
  async totals(group: (event: StoredEvent) => string = () => "all"): Promise<Record<string, string>> {
    const sums = new Map<string, CostSums>();
    for (const event of await this.events()) {
      if (event.type !== "andon.cost.computed.v1" && event.type !== "andon.cost.recomputed.v1") continue;
      const { data } = event as unknown as StoredEvent<Parameters<CostSums["add"]>[0]>;
      const sum = sums.get(group(event)) ?? new CostSums();
      sums.set(group(event), sum);
      sum.add(data);
    }
    const shown = [...sums].map(([name, sum]) => [name, sum.shown()] as const);
    return Object.fromEntries(
      shown.map(([name, { cost, unpriced, tokens }]) => [name, `${cost} ${unpriced} ${tokens.input}+${tokens.output}`]),
    );
  }
}
