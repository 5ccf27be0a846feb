import { type BundleFiles, packBundle, unpackBundle } from "./bundle.ts";

/**
 * A built bundle with more files in it: settings and pages, which OPA leaves alone and the platform reads. What is added is
 * covered by the signature like everything else.
 */
export async function assembleBundle(built: Uint8Array, more: BundleFiles): Promise<Uint8Array> {
  const files = new Map(await unpackBundle(built));
  for (const [path, bytes] of [...more].sort(([a], [b]) => (a < b ? -1 : 1))) files.set(path, bytes);
  return packBundle(files);
}
