/** OTLP counts nanoseconds since 1970 in 64 bits. Milliseconds come out exact, because they are part of an event's id. */

const NANOS_PER_MS = 1_000_000;

/** Of digits; null for zero and for what is no moment. */
export function millisFromNanoText(nanos: string): number | null {
  if (nanos === "0") return null;
  const ms = nanos.length > 6 ? Number(nanos.slice(0, -6)) : 0;
  return ms > 0 ? ms : null;
}

/** Of the two halves of the number; null for zero. 2^32 is split into 4294 million and a rest, so that nothing overflows. */
export function millisFromHalves(low: number, high: number): number | null {
  const ms = high * 4294 + Math.floor((high * 967_296 + low) / NANOS_PER_MS);
  return ms > 0 ? ms : null;
}

export const nanoTextFromHalves = (low: number, high: number): string => ((BigInt(high) << 32n) | BigInt(low)).toString();

/** JSON carries 64-bit numbers as text, some senders as numbers. Anything that is not a count of nanoseconds is "0". */
export function nanoTextFromJson(value: unknown): string {
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return value.replace(/^0+(?=\d)/, "");
  return typeof value === "number" && value >= 0 && value < 2 ** 64 ? BigInt(Math.trunc(value)).toString() : "0";
}
