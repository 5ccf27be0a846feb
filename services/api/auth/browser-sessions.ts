import type { Holder } from "./caller.ts";
import { digestOf, newSecret } from "./secrets.ts";

const MINUTE = 60_000;
const IDLE = 12 * 60 * MINUTE;
const ABSOLUTE = 7 * 24 * 60 * MINUTE;
const CODE = 10 * MINUTE;
/** More than anybody opens; beyond it the one that was idle longest ends. */
const MOST = 1_000;

interface Session {
  readonly holder: Holder;
  readonly startedAt: number;
  lastAt: number;
}

/**
 * Signed-in browsers and one-time codes, in memory and as hashes: a restart signs everybody out, and a copy of the memory
 * opens nothing. Each belongs to a credential and opens as long as that one does, which whoever asks has to look up.
 */
export class BrowserSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #codes = new Map<string, { readonly holder: Holder; readonly expires: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds after which a browser forgets the cookie. */
  static readonly maxAge = ABSOLUTE / 1000;

  /** A code that signs one browser in, once, within ten minutes, as the holder of this credential. */
  issueCode({ personId, tokenId }: Holder): { readonly code: string; readonly expires: string } {
    const now = this.#now();
    for (const [digest, { expires }] of this.#codes) if (expires <= now) this.#codes.delete(digest);
    while (this.#codes.size >= MOST) this.#codes.delete(oldest(this.#codes));
    const code = newSecret();
    this.#codes.set(digestOf(code), { holder: { personId, tokenId }, expires: now + CODE });
    return { code, expires: new Date(now + CODE).toISOString() };
  }

  /** Spends a code; null when it was spent, expired or never issued. Found by hash, so timing tells nothing about it. */
  spendCode(code: string): Holder | null {
    const digest = digestOf(code);
    const known = this.#codes.get(digest);
    this.#codes.delete(digest);
    return known !== undefined && known.expires > this.#now() ? known.holder : null;
  }

  /** @returns the cookie's value */
  start({ personId, tokenId }: Holder): string {
    const now = this.#now();
    for (const [digest, session] of this.#sessions) if (this.#ended(session, now)) this.#sessions.delete(digest);
    while (this.#sessions.size >= MOST) this.#sessions.delete(oldest(this.#sessions));
    const id = newSecret();
    this.#sessions.set(digestOf(id), { holder: { personId, tokenId }, startedAt: now, lastAt: now });
    return id;
  }

  /** Who the cookie belongs to; using it keeps it alive, up to a week. */
  find(id: string): Holder | null {
    const digest = digestOf(id);
    const session = this.#sessions.get(digest);
    if (!session) return null;
    const now = this.#now();
    this.#sessions.delete(digest);
    if (this.#ended(session, now)) return null;
    session.lastAt = now;
    // Put back at the end: the map's order is the order of use.
    this.#sessions.set(digest, session);
    return session.holder;
  }

  end(id: string): void {
    this.#sessions.delete(digestOf(id));
  }

  #ended(session: Session, now: number): boolean {
    return now - session.lastAt >= IDLE || now - session.startedAt >= ABSOLUTE;
  }
}

const oldest = (map: ReadonlyMap<string, unknown>): string => map.keys().next().value ?? "";
