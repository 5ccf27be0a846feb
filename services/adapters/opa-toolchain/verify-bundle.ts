import { type KeyObject, verify } from "node:crypto";
import { BundleError, type BundleFiles, digestOfFiles, SIGNATURES, unpackBundle } from "./bundle.ts";
import { algorithmOf, hashFile } from "./sign-bundle.ts";

/** Public keys by their id. */
export type BundleKeys = ReadonlyMap<string, KeyObject>;

export interface VerifiedBundle {
  /** The same for the same content, whoever signed it. */
  readonly digest: string;
  readonly keyId: string;
  readonly files: BundleFiles;
}

export type BundleVerdict =
  | { readonly kind: "verified"; readonly bundle: VerifiedBundle }
  /** Why it must not be loaded. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Checks that a known key signed exactly these files. Everything that is not understood is refused: several signatures,
 * a key without an id or an id that is not known, another algorithm than the key's own, a file more or less than was signed.
 * @param scope what the signature must be for, when signatures are made for different purposes
 */
export async function verifyBundle(bytes: Uint8Array, keys: BundleKeys, scope = ""): Promise<BundleVerdict> {
  try {
    const files = await unpackBundle(bytes);
    const { keyId, claims } = readSignature(files.get(SIGNATURES), keys);
    if ((claims.scope ?? "") !== scope) throw new BundleError(`its signature is for another scope than "${scope}"`);
    compare(files, claims.files);
    return { kind: "verified", bundle: { digest: digestOfFiles(files), keyId, files } };
  } catch (error) {
    if (error instanceof BundleError) return { kind: "refused", reason: error.message };
    throw error;
  }
}

interface Claims {
  readonly files: readonly { readonly name: string; readonly hash: string; readonly algorithm: string }[];
  readonly scope?: string;
}

function readSignature(document: Uint8Array | undefined, keys: BundleKeys): { readonly keyId: string; readonly claims: Claims } {
  if (!document) throw new BundleError(`it is not signed: there is no ${SIGNATURES}`);
  const { signatures, plugin } = objectOf(document, SIGNATURES);
  if (plugin !== undefined && plugin !== "_default") throw new BundleError("its signature needs a plugin");
  if (!Array.isArray(signatures) || signatures.length !== 1 || typeof signatures[0] !== "string") {
    throw new BundleError("it must hold exactly one signature");
  }
  const parts = signatures[0].split(".").map((part) => ({ part, bytes: Buffer.from(part, "base64url") }));
  const [head, body, seal] = parts;
  if (parts.length !== 3 || !head || !body || !seal || parts.some(({ part, bytes }) => bytes.toString("base64url") !== part)) {
    throw new BundleError("its signature is not a JWS in compact form");
  }
  const header = objectOf(head.bytes, "the header of its signature");
  const claims = objectOf(body.bytes, "the content of its signature");
  const keyId = header["kid"] ?? claims["keyid"];
  if (typeof keyId !== "string" || keyId === "") throw new BundleError("its signature does not name a key");
  const key = keys.get(keyId);
  if (!key) throw new BundleError(`it was signed with a key that is not known here: ${JSON.stringify(keyId.slice(0, 80))}`);
  const alg = algorithmOf(key);
  if (!alg || header["alg"] !== alg || header["crit"] !== undefined)
    throw new BundleError("its signature has another algorithm than its key");
  const signed = Buffer.from(`${head.part}.${body.part}`);
  const right = verify(alg === "ES256" ? "sha256" : null, signed, { key, dsaEncoding: "ieee-p1363" }, seal.bytes);
  if (!right) throw new BundleError("its signature is wrong: it was changed after signing, or signed with another key");
  return { keyId, claims: claimsOf(claims) };
}

function claimsOf({ files, scope }: Readonly<Record<string, unknown>>): Claims {
  const listed = Array.isArray(files) && files.every((each) => typeof each?.name === "string" && typeof each?.hash === "string");
  if (!listed || (scope !== undefined && typeof scope !== "string")) throw new BundleError("its signature does not list files");
  return { files: files as Claims["files"], ...(scope !== undefined && { scope }) };
}

function compare(files: BundleFiles, signed: Claims["files"]): void {
  const left = new Map(signed.map((each) => [each.name.replace(/^\//, ""), each]));
  if (left.size !== signed.length) throw new BundleError("its signature lists a file twice");
  for (const [path, bytes] of files) {
    if (path === SIGNATURES) continue;
    const stated = left.get(path);
    if (!stated) throw new BundleError(`${path} is not covered by its signature`);
    if (stated.algorithm !== "SHA-256") throw new BundleError(`${path} is signed with a digest other than SHA-256`);
    if (digestOf(path, bytes) !== stated.hash.toLowerCase()) throw new BundleError(`${path} is not what was signed`);
    left.delete(path);
  }
  const [missing] = left.keys();
  if (missing !== undefined) throw new BundleError(`${missing} was signed and is missing`);
}

function digestOf(path: string, bytes: Uint8Array): string {
  try {
    return hashFile(path, bytes);
  } catch {
    throw new BundleError(`${path} is not JSON`);
  }
}

function objectOf(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below: the parser's own words would quote the content.
  }
  throw new BundleError(`${what} is not a JSON object`);
}
