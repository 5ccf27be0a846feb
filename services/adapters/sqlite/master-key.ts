import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./open-database.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The master key in a file, as 64 hexadecimal digits. null when there is no file. */
export function readMasterKey(file: string): Buffer | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  if ((stats.mode & 0o077) !== 0) {
    throw new Error(
      `the master key in ${file} can be read by other users of this machine: run "chmod 600 ${file}", and consider it known to them`,
    );
  }
  const text = readFileSync(file, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${file} does not hold a master key, which is 64 hexadecimal digits: restore it from a backup`);
  return Buffer.from(text, "hex");
}

/** Makes a master key that is on disk, as a whole, before anything is encrypted with it. */
export function createMasterKey(file: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(`${file}.new`, { force: true });
  const handle = openSync(`${file}.new`, "wx", 0o600);
  try {
    writeSync(handle, `${key.toString("hex")}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
  syncFolder(dirname(file));
  return key;
}

/** AES-256-GCM: nonce, ciphertext, tag. The name is authenticated with it, so a wrapped key cannot stand in for another. */
export function wrap(master: Uint8Array, name: string, secret: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", master, nonce).setAAD(Buffer.from(name, "utf8"));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** null when it was not wrapped under this name with this key. */
export function unwrap(master: Uint8Array, name: string, wrapped: Uint8Array): Uint8Array | null {
  const end = wrapped.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", master, wrapped.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(name, "utf8"));
  decipher.setAuthTag(wrapped.subarray(end));
  try {
    // In memory of its own: a small Buffer shares its memory with others, and all of that would travel between threads.
    return Uint8Array.from(Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, end)), decipher.final()]));
  } catch {
    return null;
  }
}
