import { hash } from "node:crypto";
import canonicalize from "canonicalize";

/**
 * The one text of a JSON value (RFC 8785): keys sorted by UTF-16 code units, numbers as ECMAScript writes them, no spaces.
 * Equal values have equal texts, so a digest of the text names the value.
 * @throws Error for what JSON cannot hold: a number that is not finite, half of a surrogate pair, a value within itself
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("there is no JSON for undefined");
  return text;
}

/** SHA-256 of the text's UTF-8, in lower-case hex. */
export const sha256Of = (text: string): string => hash("sha256", text);
