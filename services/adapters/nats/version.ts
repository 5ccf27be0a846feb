/** Whether `version` is at least `least`, both like "2.10.4". What cannot be read counts as old. */
export function atLeast(version: string, least: string): boolean {
  const have = numbersOf(version);
  const want = numbersOf(least);
  for (let nth = 0; nth < want.length; nth++) {
    const difference = (have[nth] ?? 0) - (want[nth] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const numbersOf = (version: string): number[] =>
  version
    .replace(/^v/, "")
    .split(/[.-]/)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);

/** What an operator should know about a server of this version. */
export function versionWarnings(version: string): string[] {
  if (!atLeast(version, "2.10.0")) {
    return [
      `nats-server ${version} cannot write every message through to the disk before it acknowledges (needs 2.10), and lacks ` +
        "fixes of known data loss: a power cut may lose the last two minutes of what waits. Install 2.12.3 or newer.",
    ];
  }
  const [major, minor] = numbersOf(version);
  const repaired = major === 2 && minor === 10 ? atLeast(version, "2.10.23") : atLeast(version, "2.12.3");
  return repaired ? [] : [`nats-server ${version} lacks fixes of known data loss in its storage. Install 2.12.3 or newer.`];
}
