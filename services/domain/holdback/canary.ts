import { createHmac } from "node:crypto";
import { sha256Of } from "../canonical-json.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const LENGTH = 26;
const CANARY = new RegExp(`cnry_[a-z2-7]{${LENGTH}}`, "g");

/** What stands in a case's input where its author wants the canary. */
const PLACE = "{{canary}}";

/**
 * A token that is found nowhere by chance: 130 bits of HMAC-SHA256 over the case's id.
 * @param key 32 bytes that only the vault holds
 */
export function canaryOf(key: Uint8Array, caseId: string): string {
  const digest = createHmac("sha256", key).update(`andon:canary\0${caseId}`).digest();
  return `cnry_${Array.from(digest.subarray(0, LENGTH), (byte) => LETTERS[byte % 32]).join("")}`;
}

/** What may be written down of a canary. */
export const canaryDigest = (canary: string): string => sha256Of(canary);

export const plantCanary = (input: string, canary: string): string => input.replaceAll(PLACE, () => canary);

/** Digests of everything in a text that has the form of a canary, each once. */
export const canariesIn = (text: string): ReadonlySet<string> => new Set((text.match(CANARY) ?? []).map(canaryDigest));
