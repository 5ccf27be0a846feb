import { hash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { packTar, unpackTar } from "modern-tar";

/** By path, without a leading slash: `policy.wasm`, `data.json`, `.manifest`, `budget/budget.rego`. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

export const SIGNATURES = ".signatures.json";
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 6_000;
const [inflate, deflate] = [promisify(gunzip), promisify(gzip)];

/** The bytes are no bundle that we take. The message says why, and quotes nothing of the content. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/**
 * Takes a bundle (tar, gzip) apart.
 * @throws BundleError when it is damaged, too large, or holds anything but files with plain, different paths
 */
export async function unpackBundle(bytes: Uint8Array): Promise<BundleFiles> {
  const files = new Map<string, Uint8Array>();
  for (const { header, data } of await entriesOf(bytes)) {
    if (header.type === "directory") continue;
    const path = header.name.replace(/^\.?\//, "");
    if ((header.type ?? "file") !== "file") throw new BundleError(`"${shown(path)}" is a ${header.type}; a bundle holds files only`);
    if (!plain(path)) throw new BundleError(`"${shown(path)}" is not a plain relative path`);
    if (files.has(path)) throw new BundleError(`"${shown(path)}" is there twice`);
    files.set(path, data ?? new Uint8Array());
    if (files.size > MOST_FILES) throw new BundleError(`it holds more than ${MOST_FILES} files`);
  }
  if (files.size === 0) throw new BundleError("it is empty");
  return files;
}

async function entriesOf(bytes: Uint8Array): ReturnType<typeof unpackTar> {
  const tar = await inflate(bytes, { maxOutputLength: MOST_BYTES }).catch((error: NodeJS.ErrnoException) => {
    const large = error.code === "ERR_BUFFER_TOO_LARGE";
    throw new BundleError(large ? `it is larger than ${MOST_BYTES} bytes when unpacked` : "it is not a gzip file, or cut short");
  });
  try {
    return await unpackTar(tar, { strict: true });
  } catch {
    throw new BundleError("it is not a tar archive, or damaged");
  }
}

/** Puts a bundle together, in the order of the map. The bytes depend on the release of zlib: compare digests, not bundles. */
export async function packBundle(files: BundleFiles): Promise<Uint8Array> {
  const entries = [...files].map(([path, body]) => ({
    header: { name: `/${path}`, size: body.length, mode: 0o600, mtime: new Date(0), uid: 0, gid: 0 },
    body,
  }));
  return deflate(await packTar(entries));
}

/** SHA-256 over path and SHA-256 of every file, in the order of the paths; the signature does not count. */
export function digestOfFiles(files: BundleFiles): string {
  const lines = [...files].filter(([path]) => path !== SIGNATURES).map(([path, bytes]) => `${path}\0${hash("sha256", bytes)}\n`);
  return `sha256:${hash("sha256", lines.sort(byBytes).join(""))}`;
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const plain = (path: string): boolean =>
  path.length <= 400 && /^[^\p{Cc}\\]+$/u.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));

const shown = (path: string): string => JSON.stringify(path.slice(0, 100)).slice(1, -1);
