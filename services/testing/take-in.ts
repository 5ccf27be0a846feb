import type { StoredEvent } from "../../schemas/event.ts";
import { TOKEN_BUCKETS, type TokenDelta } from "../../schemas/tokens.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { buildEvent } from "../collect/build-event.ts";
import type { Draft } from "../collect/draft.ts";
import { PriceBook } from "../domain/cost/prices.ts";
import { makeReceive } from "../ingest/receive.ts";

const AGENT = { agentId: "agt_test", agent: "test-agent", team: "payments" };

/** What ingest made of drafts: the events it stored, the sums of its ledger, and what it kept aside. */
export interface TakenIn {
  /** Every stored event of a type, `session.tool.called`, in the order it was stored. */
  of(name: string): StoredEvent[];
  /** Sum of all movements, of one session or of all. Only buckets that have something. */
  tokens(sessionId?: string): TokenDelta;
  /** Sum of the vendor's cost in pico-dollars. */
  readonly reportedPico: bigint;
  readonly duplicates: number;
  /** Reasons of everything that went to quarantine. */
  readonly refused: readonly string[];
}

/** Takes drafts through the real ingest into a store in memory, body by body. Content is reduced to kind and length. */
export async function takeIn(bodies: Iterable<readonly Draft[]>): Promise<TakenIn> {
  const store = openMemoryEventStore();
  const book = new PriceBook();
  const refused: string[] = [];
  let duplicates = 0;
  const receive = makeReceive({
    store,
    content: { handle: async () => [] },
    quarantine: { enter: async (entries) => entries.map(({ refusal }) => `q${refused.push(`${refusal.reason} ${refusal.at}`)}`) },
    identify: () => AGENT,
    prices: () => book,
    rules: () => [],
    now: () => Date.parse("2026-11-22T00:00:00Z"),
  });
  for (const drafts of bodies) {
    const events = drafts.map((draft) => {
      const { event, content } = buildEvent(draft, AGENT.agentId);
      const kept = content.map(({ kind, text }) => ({ kind, length: text.length }));
      return kept.length > 0 ? { ...event, data: { ...draft.data, content: kept } } : event;
    });
    if (events.length === 0) continue;
    const receipts = await receive([{ agentId: AGENT.agentId, payload: Buffer.from(JSON.stringify(events)) }]);
    duplicates += receipts.reduce((sum, receipt) => sum + receipt.duplicates, 0);
  }
  const { events } = await store.readAll(null, 100_000);
  const stored = events.map(({ body }) => JSON.parse(body) as StoredEvent);
  const of = (name: string) => stored.filter(({ type }) => type.startsWith(`andon.${name}.v`));
  const movements = [...of("cost.computed"), ...of("cost.recomputed")];
  return {
    of,
    tokens: (sessionId) => sumOf(movements.filter(({ data }) => sessionId === undefined || data["sessionId"] === sessionId)),
    reportedPico: movements.reduce((sum, { data }) => sum + BigInt((data["reportedPico"] as string | undefined) ?? 0), 0n),
    duplicates,
    refused,
  };
}

function sumOf(movements: readonly StoredEvent[]): TokenDelta {
  const sums: TokenDelta = {};
  for (const { data } of movements) {
    const tokens = data["tokens"] as TokenDelta;
    for (const bucket of TOKEN_BUCKETS) if (tokens[bucket]) sums[bucket] = (sums[bucket] ?? 0) + tokens[bucket];
  }
  for (const bucket of TOKEN_BUCKETS) if (sums[bucket] === 0) delete sums[bucket];
  return sums;
}
