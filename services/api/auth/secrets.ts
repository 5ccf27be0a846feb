import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Secrets here have 256 random bits, so one fast hash is enough to keep them. */
export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** 256 random bits that fit a header, a cookie and a URL. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/** Takes the same time wherever the two differ. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === 32 && right.length === 32 && timingSafeEqual(left, right);
}
