import { createHash, timingSafeEqual } from "node:crypto";

/** More than anybody rotates through, and few enough to compare a presented secret with each. */
export const MAX_LIVE_CREDENTIALS = 20;

/** A secret that was handed out, as it is remembered: by its digest. */
export interface Credential {
  /** Hex. The secret has 256 random bits, so a slow hash would add nothing. */
  readonly sha256: string;
  readonly issuedAt: string;
  readonly expires: string | null;
  readonly revokedAt: string | null;
}

/** Whether a credential opens anything at this moment (milliseconds). */
export const isLive = ({ revokedAt, expires }: Credential, nowMs: number): boolean =>
  revokedAt === null && (expires === null || Date.parse(expires) > nowMs);

export const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** The one that a presented secret opens with, found in a time that does not depend on which one fits; null: none. */
export function openedBy<Held extends Credential>(held: readonly Held[], secret: string, nowMs: number): Held | null {
  const digest = digestOf(secret);
  let found: Held | null = null;
  for (const credential of held) {
    const fits = timingSafeEqual(digest, Buffer.from(credential.sha256, "hex"));
    if (fits && isLive(credential, nowMs)) found = credential;
  }
  return found;
}

export type NotIssued = { readonly kind: "quiet" } | { readonly kind: "taken" | "invalid" | "too_many"; readonly reason: string };

interface Issuing {
  /** What is held under the new one's id already. */
  readonly known: Credential | undefined;
  readonly sha256: string;
  readonly expires: string | undefined;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** What people call it. */
  readonly word: "key" | "token";
}

/** Why one more is not issued: it is there already, it would never open, or there are too many. null: issue it. */
export function notIssued(held: readonly Credential[], { known, sha256, expires, at, word }: Issuing): NotIssued | null {
  if (known) {
    return known.sha256 === sha256 ? { kind: "quiet" } : { kind: "taken", reason: `this ${word} id is in use; make another ${word}` };
  }
  if (expires !== undefined && !(Date.parse(expires) > Date.parse(at))) {
    return { kind: "invalid", reason: `a ${word} must expire in the future; leave \`expires\` out for one that works until it is revoked` };
  }
  if (held.filter((credential) => isLive(credential, Date.parse(at))).length < MAX_LIVE_CREDENTIALS) return null;
  return { kind: "too_many", reason: `there are ${MAX_LIVE_CREDENTIALS} working ${word}s already; revoke those that are not used` };
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * An id that says nothing about whom it stands for, and the part of it that a secret carries.
 * @param random 16 bytes
 */
export const newPart = (random: Uint8Array): string => Array.from(random.subarray(0, 16), (byte) => LETTERS[byte % 32]).join("");

/** @param random 32 bytes: the secret */
export const newSecret = (prefix: string, part: string, random: Uint8Array): string =>
  `${prefix}_${part}_${Buffer.from(random.subarray(0, 32)).toString("base64url")}`;

/** Whose secret this claims to be; null when it has not the form of one. */
export function partIn(prefix: string, secret: string): string | null {
  const body = secret.startsWith(`${prefix}_`) ? secret.slice(prefix.length + 1) : "";
  return /^([a-z2-7]{16})_[A-Za-z0-9_-]{43}$/.exec(body)?.[1] ?? null;
}
