import type { Usage } from "../../schemas/session.ts";
import { TOKEN_BUCKETS, type TokenBucket } from "../../schemas/tokens.ts";
import type { Draft, Translation } from "../collect/draft.ts";
import { SessionLedger } from "../domain/cost/ledger.ts";

/** What a session's ledger holds in the end. */
export interface Counted {
  readonly tokens: Readonly<Record<TokenBucket, number>>;
  /** Pico-dollars that the vendor reported. */
  readonly reported: bigint;
}

/** What names an event: a draft that comes again under the same name is the same event. */
export const idOf = ({ name, identity, timeMs, undated }: Draft): string => JSON.stringify([name, undated ? 0 : timeMs, ...identity]);

/**
 * Counts usage as ingest does: each event once, a ledger for each session, and the counters of a process that reports its
 * calls one by one taken back.
 */
export function countUsage(translations: Iterable<Translation>): Map<string, Counted> {
  const ledgers = new Map<string, SessionLedger>();
  const sums = new Map<string, { tokens: Record<TokenBucket, number>; reported: bigint }>();
  const known = new Set<string>();
  const ledgerOf = (sessionId: string): SessionLedger => {
    let ledger = ledgers.get(sessionId);
    if (!ledger) ledgers.set(sessionId, (ledger = new SessionLedger()));
    return ledger;
  };
  const add = (sessionId: string, moved: ReturnType<SessionLedger["observe"]>): void => {
    let sum = sums.get(sessionId);
    if (!sum) sums.set(sessionId, (sum = { tokens: zero(), reported: 0n }));
    for (const { tokens, reportedPico } of moved) {
      for (const bucket of TOKEN_BUCKETS) sum.tokens[bucket] += tokens[bucket] ?? 0;
      sum.reported += reportedPico ?? 0n;
    }
  };
  for (const { drafts } of translations) {
    for (const draft of drafts) {
      const id = idOf(draft);
      if (draft.name !== "session.usage.recorded" || known.has(id)) continue;
      known.add(id);
      const usage = draft.data as unknown as Usage;
      if (usage.kind === "request" && usage.process !== undefined) {
        const counters = `unsessioned:${usage.process}`;
        add(counters, ledgerOf(counters).itemise(id));
      }
      add(
        usage.sessionId,
        ledgerOf(usage.sessionId).observe({ eventId: id, time: new Date(draft.timeMs).toISOString(), usage, where: {} }),
      );
    }
  }
  return sums;
}

/** The sum over all sessions. */
export function totalOf(counted: ReadonlyMap<string, Counted>): Counted {
  const tokens = zero();
  let reported = 0n;
  for (const one of counted.values()) {
    for (const bucket of TOKEN_BUCKETS) tokens[bucket] += one.tokens[bucket];
    reported += one.reported;
  }
  return { tokens, reported };
}

const zero = (): Record<TokenBucket, number> => ({
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  output: 0,
  reasoning: 0,
});
