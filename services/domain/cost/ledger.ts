import type { Attribution } from "../../../schemas/event.ts";
import type { Usage } from "../../../schemas/session.ts";
import { TOKEN_BUCKETS, type TokenBucket, type TokenDelta } from "../../../schemas/tokens.ts";
import { picoOf } from "./money.ts";

/** One report of use, as it was stored. */
export interface Observation {
  /** CloudEvents id of the usage event. */
  readonly eventId: string;
  /** RFC 3339 UTC. */
  readonly time: string;
  readonly usage: Usage;
  readonly where: Attribution;
}

/** A movement of the ledger before it is rated: what counts, when, and where it belongs. */
export interface Counted {
  readonly entry: string;
  readonly because: "request" | "replaced" | "residual";
  readonly occurredAt: string;
  readonly usage: Usage;
  readonly where: Attribution;
  readonly tokens: TokenDelta;
  /** Pico-dollars that the vendor reported for these tokens; null when it reported none. */
  readonly reportedPico: bigint | null;
  readonly quality: Usage["quality"];
}

/** Token buckets plus the vendor's price for them: everything that is counted once. */
type Amounts = Record<TokenBucket, number> & { reported: bigint };

/** Counters do not split these finely, so requests and counters are compared group by group. */
const GROUPS: readonly { readonly of: readonly TokenBucket[]; readonly rest: TokenBucket }[] = [
  { of: ["input"], rest: "input" },
  { of: ["cacheRead"], rest: "cacheRead" },
  { of: ["cacheWrite5m", "cacheWrite1h", "cacheWriteOther"], rest: "cacheWriteOther" },
  { of: ["output", "reasoning"], rest: "output" },
];

interface Call {
  readonly rank: number;
  readonly observation: Observation;
  readonly amounts: Amounts;
}

/** What a counter showed beyond the calls, and was counted for that reason. Taken back, newest first, once calls explain it. */
interface Lot {
  readonly observation: Observation;
  readonly left: Amounts;
}

interface Account {
  readonly requests: Amounts;
  readonly counters: Amounts;
  readonly series: Map<string, Amounts>;
  readonly residual: Amounts;
  readonly lots: Lot[];
}

/**
 * Decides what of a session's reports counts, so that each token counts once however many sources report it and in
 * whatever order. Per model and bucket group the total is max(sum of calls, sum of counters): calls count in full and are
 * what a person can look at; a counter adds only what it shows beyond them.
 *
 * Deterministic: the same observations in the same order give the same movements, so the state is restored by feeding a
 * stream's observations again and dropping the answers. Different orders give different movements with equal sums.
 */
export class SessionLedger {
  readonly #calls = new Map<string, Call>();
  readonly #accounts = new Map<string, Account>();
  #itemisedElsewhere = false;

  /** Counters of a process whose calls are reported one by one in sessions: from now on a cross-check only. */
  get itemisedElsewhere(): boolean {
    return this.#itemisedElsewhere;
  }

  /** Feeds one report and answers what it moves, possibly nothing. */
  observe(observation: Observation): Counted[] {
    const { usage } = observation;
    return usage.kind === "request" ? this.#request(observation) : this.#counter(observation);
  }

  /** The process' calls were found in sessions: takes back everything its counters had moved. Repeating it moves nothing. */
  itemise(eventId: string): Counted[] {
    if (this.#itemisedElsewhere) return [];
    this.#itemisedElsewhere = true;
    const moved: Counted[] = [];
    for (const account of this.#accounts.values()) this.#settle(account, zero(), null, eventId, moved);
    return moved;
  }

  #request(observation: Observation): Counted[] {
    const { usage, eventId } = observation;
    const amounts = amountsOf(usage);
    const earlier = this.#calls.get(usage.key);
    if (earlier && earlier.rank >= usage.via.rank) return [];

    this.#calls.set(usage.key, { rank: usage.via.rank, observation, amounts });
    const moved: Counted[] = [];
    if (earlier) {
      const previous = this.#account(earlier.observation.usage);
      subtract(previous.requests, earlier.amounts);
      moved.push(counted(earlier.observation, `${eventId}:replaced`, "replaced", negated(earlier.amounts)));
    }
    const account = this.#account(usage);
    add(account.requests, amounts);
    moved.push(counted(observation, eventId, "request", amounts));
    this.#settle(account, target(account), observation, eventId, moved);
    const former = earlier && this.#account(earlier.observation.usage);
    if (former && former !== account) this.#settle(former, target(former), earlier.observation, eventId, moved);
    return moved;
  }

  #counter(observation: Observation): Counted[] {
    const { usage, eventId } = observation;
    const account = this.#account(usage);
    add(account.counters, this.#increment(account, usage));
    if (this.#itemisedElsewhere) return [];
    const moved: Counted[] = [];
    this.#settle(account, target(account), observation, eventId, moved);
    return moved;
  }

  /** A delta is the increment itself; a cumulative value is worth what it exceeds the highest one seen of its series. */
  #increment(account: Account, usage: Usage): Amounts {
    const amounts = amountsOf(usage);
    if (usage.temporality !== "cumulative") return amounts;
    const series = `${usage.key}\n${usage.since ?? ""}`;
    const highest = account.series.get(series) ?? zero();
    const gained = zero();
    for (const bucket of TOKEN_BUCKETS) {
      gained[bucket] = Math.max(0, amounts[bucket] - highest[bucket]);
      highest[bucket] = Math.max(highest[bucket], amounts[bucket]);
    }
    gained.reported = max(0n, amounts.reported - highest.reported);
    highest.reported = max(highest.reported, amounts.reported);
    account.series.set(series, highest);
    return gained;
  }

  /**
   * Moves the account's residual to where it should be. What is missing is a new lot under `cause`; what is too much is
   * taken from the newest lots, each with its own time and place, so that no hour or feature keeps a trace of it.
   */
  #settle(account: Account, wanted: Amounts, cause: Observation | null, eventId: string, moved: Counted[]): void {
    const missing = zero();
    const surplus = zero();
    for (const bucket of TOKEN_BUCKETS) {
      const difference = wanted[bucket] - account.residual[bucket];
      if (difference > 0) missing[bucket] = difference;
      else surplus[bucket] = -difference;
    }
    const reported = wanted.reported - account.residual.reported;
    missing.reported = max(0n, reported);
    surplus.reported = max(0n, -reported);
    Object.assign(account.residual, wanted);

    for (let last = account.lots.length - 1; last >= 0 && !isZero(surplus); last--) {
      const lot = account.lots[last] as Lot;
      const taken = common(lot.left, surplus);
      if (isZero(taken)) continue;
      subtract(lot.left, taken);
      subtract(surplus, taken);
      moved.push(counted(lot.observation, `${eventId}:residual:${moved.length}`, "residual", negated(taken)));
      if (isZero(lot.left)) account.lots.splice(last, 1);
    }
    if (cause && !isZero(missing)) {
      account.lots.push({ observation: cause, left: { ...missing } });
      moved.push(counted(cause, `${eventId}:residual:${moved.length}`, "residual", missing));
    }
  }

  #account(usage: Usage): Account {
    const key = (usage.model ?? "").toLowerCase();
    let account = this.#accounts.get(key);
    if (!account) {
      account = { requests: zero(), counters: zero(), series: new Map(), residual: zero(), lots: [] };
      this.#accounts.set(key, account);
    }
    return account;
  }
}

/** What counters show beyond requests. Without any request the counters' own split is kept. */
function target(account: Account): Amounts {
  const wanted = zero();
  for (const { of, rest } of GROUPS) {
    const requested = sum(account.requests, of);
    if (requested === 0) {
      for (const bucket of of) wanted[bucket] = account.counters[bucket];
    } else {
      wanted[rest] = Math.max(0, sum(account.counters, of) - requested);
    }
  }
  wanted.reported = max(0n, account.counters.reported - account.requests.reported);
  return wanted;
}

function counted(from: Observation, entry: string, because: Counted["because"], amounts: Amounts): Counted {
  const tokens: Partial<Record<TokenBucket, number>> = {};
  for (const bucket of TOKEN_BUCKETS) if (amounts[bucket] !== 0) tokens[bucket] = amounts[bucket];
  const reported = from.usage.reportedCost !== undefined || amounts.reported !== 0n;
  return {
    entry,
    because,
    occurredAt: from.time,
    usage: from.usage,
    where: from.where,
    tokens,
    reportedPico: reported ? amounts.reported : null,
    quality: because === "residual" && from.usage.quality === "exact" ? "estimated" : from.usage.quality,
  };
}

function amountsOf(usage: Usage): Amounts {
  const amounts = zero();
  for (const bucket of TOKEN_BUCKETS) amounts[bucket] = usage.tokens[bucket] ?? 0;
  amounts.reported = usage.reportedCost === undefined ? 0n : picoOf(usage.reportedCost);
  return amounts;
}

const zero = (): Amounts => ({
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  output: 0,
  reasoning: 0,
  reported: 0n,
});

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const sum = (amounts: Amounts, of: readonly TokenBucket[]): number => of.reduce((total, bucket) => total + amounts[bucket], 0);
const isZero = (amounts: Amounts): boolean => amounts.reported === 0n && TOKEN_BUCKETS.every((bucket) => amounts[bucket] === 0);

function add(to: Amounts, amounts: Amounts): void {
  for (const bucket of TOKEN_BUCKETS) to[bucket] += amounts[bucket];
  to.reported += amounts.reported;
}

function subtract(from: Amounts, amounts: Amounts): void {
  for (const bucket of TOKEN_BUCKETS) from[bucket] -= amounts[bucket];
  from.reported -= amounts.reported;
}

function negated(amounts: Amounts): Amounts {
  const negative = zero();
  subtract(negative, amounts);
  for (const bucket of TOKEN_BUCKETS) negative[bucket] += 0;
  return negative;
}

function common(a: Amounts, b: Amounts): Amounts {
  const both = zero();
  for (const bucket of TOKEN_BUCKETS) both[bucket] = Math.min(a[bucket], b[bucket]);
  both.reported = a.reported < b.reported ? a.reported : b.reported;
  return both;
}
