import { hash } from "node:crypto";

/** Longer texts are named by their digest: an approval still holds for exactly these arguments, and nobody reads more anyway. */
const LONGEST_TEXT = 4096;
const MOST_BYTES = 65_536;
const DEEPEST = 16;

/** A tool's arguments in a size that can be decided on, kept and shown: never more than 64 KiB of JSON. */
export function reduceArguments(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const reduced = reduce(input, 0) as Readonly<Record<string, unknown>>;
  const size = Buffer.byteLength(JSON.stringify(reduced));
  return size <= MOST_BYTES ? reduced : digestOf(JSON.stringify(input));
}

function reduce(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > LONGEST_TEXT ? digestOf(value) : value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return digestOf(JSON.stringify(value));
  if (Array.isArray(value)) return value.map((item) => reduce(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), reduce(item, depth + 1)]));
}

/** `length` in UTF-16 code units; `sha256` of the UTF-8 text. */
const digestOf = (text: string): { readonly length: number; readonly sha256: string } => ({
  length: text.length,
  sha256: hash("sha256", text.toWellFormed()),
});
