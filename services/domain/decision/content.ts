/** Shorter texts are words that also occur by chance. */
const SHORTEST = 8;
/** Words of a command: its verb may be named, a long argument may be a secret. */
const SHORTEST_WORD = 12;
const FIELDS = ["command", "paths", "urls", "text", "arguments"] as const;

/**
 * A policy's sentence without the content it was given: a reason is stored for ever and shown to people who may not see
 * what the agent works on. Whoever writes policies should not quote it; this holds when they do.
 */
export function withholdContent(reason: string, input: Readonly<Record<string, unknown>>): string {
  const resource = input["resource"];
  if (typeof resource !== "object" || resource === null) return reason;
  const quoted: string[] = [];
  for (const field of FIELDS) collect((resource as Record<string, unknown>)[field], reason, quoted);
  // The longest first: what is within another text goes with it.
  return quoted.sort((a, b) => b.length - a.length).reduce((text, each) => text.replaceAll(each, "…"), reason);
}

function collect(value: unknown, reason: string, into: string[]): void {
  if (typeof value === "string") {
    if (value.length >= SHORTEST && reason.includes(value)) into.push(value);
    // Nothing can be quoted from a text of which no word is.
    const words = value.split(/\s+/).slice(1);
    for (const word of words) if (word.length >= SHORTEST_WORD && reason.includes(word)) into.push(word);
  } else if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) collect(each, reason, into);
  }
}
