type Document = Readonly<Record<string, unknown>>;

/**
 * The data documents of a folder as one, the way a bundle holds them: a data.json's folder is its place under `data`.
 * @param texts JSON by path, such as `budget/data.json`
 * @throws SyntaxError when one is not JSON
 */
export function placeData(texts: ReadonlyMap<string, string>): Document {
  let all: Document = {};
  for (const [path, text] of texts) {
    const inward = path.split("/").slice(0, -1).reverse();
    all = merged(all, inward.reduce<unknown>((value, key) => ({ [key]: value }), JSON.parse(text)) as Document);
  }
  return all;
}

function merged(one: Document, other: Document): Document {
  const both = Object.entries(other).map(([key, value]) => {
    const have = Object.hasOwn(one, key) ? one[key] : undefined;
    return [key, isDocument(have) && isDocument(value) ? merged(have, value) : value];
  });
  return { ...one, ...Object.fromEntries(both) };
}

export const isDocument = (value: unknown): value is Document => typeof value === "object" && value !== null && !Array.isArray(value);
