import { createHash, type Hash } from "node:crypto";

/** A number as it is written: 1.0 and 1 are different documents to OPA. */
class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The digest of a JSON document as OPA's bundle signatures define it, whatever its spaces and the order of its keys:
 * SHA-256 over `{"key":value,…}` with the keys sorted by their UTF-8 bytes, numbers as written, strings as Go writes them.
 * Source: openpolicyagent.org, "Bundles", section "Signature Format", and OPA's v1/bundle/hash.go.
 * @returns lower-case hex
 * @throws SyntaxError when it is not JSON, RangeError when it is nested too deeply
 */
export function hashDocument(json: string): string {
  const digest = createHash("sha256");
  const literal = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
    typeof value === "number" ? new Literal(source ?? String(value)) : value;
  walk(JSON.parse(json, literal as (key: string, value: unknown) => unknown), digest);
  return digest.digest("hex");
}

function walk(value: unknown, digest: Hash): void {
  if (value instanceof Literal) digest.update(value.text);
  else if (typeof value === "string") digest.update(textOf(value));
  else if (Array.isArray(value)) inside(value, "[]", digest, (each) => walk(each, digest));
  else if (typeof value === "object" && value !== null) {
    inside(sorted(value), "{}", digest, ([key, each]) => {
      digest.update(`${textOf(key)}:`);
      walk(each, digest);
    });
  } else digest.update(String(value));
}

function inside<Item>(items: readonly Item[], [open, close]: string, digest: Hash, each: (item: Item) => void): void {
  digest.update(open as string);
  for (const [nth, item] of items.entries()) {
    if (nth > 0) digest.update(",");
    each(item);
  }
  digest.update(close as string);
}

/** Pairs by the bytes of their keys in UTF-8, which is not JavaScript's own order beyond U+FFFF. */
const sorted = (object: object): [string, unknown][] =>
  Object.entries(object).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const textOf = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
