import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { type Failure, fail } from "./problems.ts";

/** Allowed calls and the seconds they are counted over. */
export interface Rate {
  readonly calls: number;
  readonly seconds: number;
}

/** A busy agent sends a few requests per second, a load test thousands: both pass, a loop gone wild does not. */
export const RATES = {
  ingest: { calls: 50_000, seconds: 10 },
  people: { calls: 3_000, seconds: 10 },
  /** Sign-ins that failed, per address. */
  signIns: { calls: 10, seconds: 60 },
  /** Other requests with a credential that opens nothing, per address. */
  strangers: { calls: 60, seconds: 60 },
} as const satisfies Record<string, Rate>;

export type Rates = Readonly<Record<keyof typeof RATES, Rate>>;

/** Counts calls per credential or address. In memory: a restart forgives. */
export class RateLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #what: string;

  /** @param what is counted, for the person who reads the refusal */
  constructor({ calls, seconds }: Rate, what: string) {
    this.#limiter = new RateLimiterMemory({ points: calls, duration: seconds });
    this.#what = what;
  }

  /** Counts one call; a failure when it is one too many. */
  async count(key: string): Promise<Failure | null> {
    try {
      await this.#limiter.consume(key);
      return null;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return this.#tooMany(refused);
      throw refused;
    }
  }

  /** Whether the next call would be one too many, without counting it. */
  async spent(key: string): Promise<Failure | null> {
    const state = await this.#limiter.get(key);
    return state && state.consumedPoints >= this.#limiter.points && state.msBeforeNext > 0 ? this.#tooMany(state) : null;
  }

  #tooMany({ msBeforeNext }: RateLimiterRes): Failure {
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    return fail(429, "too_many_requests", `Too many ${this.#what}.`, {
      hint: `Wait ${seconds} seconds, then try again.`,
      headers: { "retry-after": String(seconds) },
    });
  }
}

/** One address for a whole IPv6 network: whoever has one address there has all of them. */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  if (address.startsWith("::ffff:")) return address.slice(7);
  return expand(address).slice(0, 4).join(":");
}

function expand(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left;
  const right = tail === "" ? [] : tail.split(":");
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
}
