import { createCipheriv, createDecipheriv, hash } from "node:crypto";

/** 32 random bytes and the name they are kept under. MUST NOT leave the vault. */
export interface DataKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Keeps this use of the secret apart from any other. */
const NONCE_OF = Buffer.from("andon:seal:nonce\0");

/** What sealing adds to a text. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

export interface Sealed {
  /** nonce, ciphertext, tag. */
  readonly bytes: Buffer;
  /** SHA-256 over the length-prefixed associated data and `bytes`, hex: what the envelope promises about the payload. */
  readonly commitment: string;
}

/**
 * AES-256-GCM. The nonce is SHA-256(secret, associated data, text) cut to 96 of its 256 bits, so sealing the same text for
 * the same event again gives the same bytes: a redelivery can be stored twice without a difference, and equal texts of
 * different events still look unrelated. A nonce repeats for different input only with a 96-bit collision. A keyed prefix
 * is enough here: what is cut off makes it impossible to extend, and one pass is half the price of HMAC.
 */
export function seal(key: DataKey, associated: string, text: Uint8Array): Sealed {
  const aad = Buffer.from(associated, "utf8");
  const nonce = hash("sha256", Buffer.concat([NONCE_OF, key.secret, lengthOf(aad), aad, text]), "buffer").subarray(0, NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.secret, nonce);
  cipher.setAAD(aad);
  const bytes = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return { bytes, commitment: commitmentOf(aad, bytes) };
}

/** The text, or null when key, associated data and bytes do not belong together. */
export function unseal(key: DataKey, associated: string, bytes: Uint8Array): Buffer | null {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", key.secret, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(associated, "utf8"));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

function commitmentOf(aad: Buffer, bytes: Buffer): string {
  return hash("sha256", Buffer.concat([lengthOf(aad), aad, bytes]));
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
