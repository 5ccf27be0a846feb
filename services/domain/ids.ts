import { hash } from "node:crypto";

/**
 * The store's id for a CloudEvent. Unique is (source, id), and the source comes from the credential, so no producer can
 * occupy another's ids. A UUIDv8 that keeps the first 48 bits of a UUIDv7 or of one of our own ids: neighbours in time
 * stay neighbours in the index, which keeps inserts fast.
 */
export function eventUuid(source: string, id: string): string {
  const digest = hash("sha256", `${source}\0${id}`);
  return uuid8(TIMED.test(id) ? id.slice(0, 8) + id.slice(9, 13) : digest.slice(0, 12), digest);
}

const TIMED = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id that the same thing always gets: time in milliseconds first, then a digest of what identifies it. */
export function stableId(timeMs: number, ...identity: readonly string[]): string {
  const time = Math.max(0, Math.min(timeMs, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, "0");
  return uuid8(time, hash("sha256", `${identity.join("\0")}\0`));
}

/** @param first 12 hex digits; the rest comes from the digest, in hex. On the hot path of ingest: strings alone, no buffers. */
function uuid8(first: string, digest: string): string {
  const variant = "89ab"[Number.parseInt(digest[16] as string, 16) & 3];
  return `${first.slice(0, 8)}-${first.slice(8)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
