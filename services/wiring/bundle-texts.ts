import type { PolicyBook } from "../decide/policy-book.ts";
import { readPolicies } from "../kit/read-policies.ts";
import { policyTools } from "./policy-tools.ts";

/** Rego, its tests, pages and settings, by path. */
export type BundleTexts = ReadonlyMap<string, string>;

/** Where a bundle that was made here keeps its tests: OPA would take Rego for policies. */
export const TESTS = "tests.json";
const MOST_KEPT = 8;

/**
 * Reads what a published bundle was made of. The policies of a release leave their tests in the release's folder.
 * @param folder of the release's policies
 * @returns a function that answers null when there is no such bundle
 */
export function bundleTexts(book: PolicyBook, folder: string): (digest: string) => Promise<BundleTexts | null> {
  const kept = new Map<string, BundleTexts>();
  return async (digest) => {
    const known = kept.get(digest);
    if (known) return known;
    const published = book.places.published.find((each) => each.digest === digest);
    const bytes = published ? await book.shelf.bytes(digest) : null;
    if (!published || !bytes) return null;
    const texts = new Map([...(await textsIn(bytes)), ...(published.from === "shipped" ? await testsIn(folder) : [])]);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(digest, texts);
    return texts;
  };
}

async function textsIn(bytes: Uint8Array): Promise<[string, string][]> {
  const files = await policyTools.unpackBundle(bytes);
  const text = (path: string): string => new TextDecoder().decode(files.get(path) ?? new Uint8Array());
  const manifest = JSON.parse(text(".manifest") || "{}") as { metadata?: { sources?: Record<string, string> } };
  const tests = JSON.parse(text(TESTS) || "{}") as Record<string, string>;
  const beside = [...files.keys()].filter((path) => path.endsWith(".md") || path.endsWith("/settings.json"));
  return [
    ...Object.entries(manifest.metadata?.sources ?? {}),
    ...Object.entries(tests),
    ...beside.map((path): [string, string] => [path, text(path)]),
  ];
}

const testsIn = async (folder: string): Promise<[string, string][]> =>
  [...(await readPolicies(folder))].filter(([path]) => path.endsWith("_test.rego"));
