import { runInNewContext } from "node:vm";
import type { Expectation, NewCase } from "../../schemas/holdback-api.ts";
import { LIMITS } from "../../schemas/primitives.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { nestsDeeperThan } from "../domain/json-depth.ts";

/** A pattern can take for ever on an answer that was made for it; it is stopped, or the whole platform would wait. */
const PATTERN_MS = 100;

/** Whether an answer is right. One line break at its end does not count, for `exact` and `regex`. */
export function isRight(answer: string, expected: Expectation): boolean {
  const text = answer.replace(/\r?\n$/, "");
  switch (expected.kind) {
    case "exact":
      return text === expected.value.replace(/\r?\n$/, "");
    case "regex":
      return matches(expected.value, text);
    case "json":
      return sameJson(text, expected.value);
  }
}

/** Why a case cannot be kept; null: it can. The reason never quotes it. */
export function caseFault({ input, name, expect }: NewCase): string | null {
  try {
    canonicalJson({ input, name: name ?? "", expect });
  } catch {
    return "it holds half of a surrogate pair, which is no text";
  }
  try {
    if (expect.kind === "regex") new RegExp(expect.value, "u");
    return null;
  } catch {
    return "expect.value is not a regular expression (JavaScript, with the flag u)";
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return runInNewContext("new RegExp(pattern, 'u').test(text)", { pattern, text }, { timeout: PATTERN_MS }) === true;
  } catch {
    return false;
  }
}

function sameJson(text: string, expected: unknown): boolean {
  if (nestsDeeperThan(Buffer.from(text), LIMITS.jsonDepth)) return false;
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(expected);
  } catch {
    return false;
  }
}
