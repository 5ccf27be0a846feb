import { hash, type KeyObject, sign } from "node:crypto";
import { basename } from "node:path/posix";
import { type BundleFiles, packBundle, SIGNATURES, unpackBundle } from "./bundle.ts";
import { hashDocument } from "./hash-document.ts";

/** A private key, Ed25519 or P-256, and the name under which its public half is known. */
export interface BundleSigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** JWS name of the algorithm that goes with a key; the key decides it, never a header. */
export function algorithmOf(key: KeyObject): "EdDSA" | "ES256" | null {
  if (key.asymmetricKeyType === "ed25519") return "EdDSA";
  return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? "ES256" : null;
}

/** Digest of a file as signatures state it: documents by what they say, everything else by its bytes. */
export const hashFile = (path: string, bytes: Uint8Array): string =>
  ["data.json", ".manifest"].includes(basename(path))
    ? hashDocument(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    : hash("sha256", bytes);

/**
 * Signs a bundle in the way of OPA (`.signatures.json`: one JWS over the digests of all files), so that OPA verifies it too.
 * A signature that was there is replaced.
 * @throws BundleError when it is no bundle, Error when the key is of another kind
 */
export async function signBundle(bundle: Uint8Array, { id, key }: BundleSigningKey): Promise<Uint8Array> {
  const alg = algorithmOf(key);
  if (!alg) throw new Error("bundles are signed with an Ed25519 or a P-256 key");
  const files = new Map([...(await unpackBundle(bundle))].filter(([path]) => path !== SIGNATURES));
  const listed = [...files].map(([name, bytes]) => ({ name, hash: hashFile(name, bytes), algorithm: "SHA-256" }));
  const signed = `${encoded({ alg, kid: id })}.${encoded({ files: listed, keyid: id })}`;
  // For P-256, JWS wants the two numbers side by side. Ed25519 hashes by itself.
  const signature = sign(alg === "ES256" ? "sha256" : null, Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  const signatures = JSON.stringify({ signatures: [`${signed}.${signature.toString("base64url")}`] });
  return packBundle(withSignature(files, Buffer.from(signatures)));
}

/** Before the manifest, where OPA puts it. */
function withSignature(files: BundleFiles, signature: Uint8Array): BundleFiles {
  const [last, ...before] = [...files].reverse();
  return new Map([...before.reverse(), [SIGNATURES, signature] as const, ...(last ? [last] : [])]);
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
