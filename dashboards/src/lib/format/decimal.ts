const PICO_DIGITS = 12;
const PICO = 10n ** BigInt(PICO_DIGITS);

/** A decimal string of US dollars as whole pico-dollars. Money is never added up as floating point. */
export function toPico(decimal: string): bigint {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(decimal.trim()) ?? [];
  const digits = BigInt(whole || "0") * PICO + BigInt(fraction.slice(0, PICO_DIGITS).padEnd(PICO_DIGITS, "0") || "0");
  return sign === "-" ? -digits : digits;
}

export function fromPico(pico: bigint): string {
  const absolute = pico < 0n ? -pico : pico;
  const fraction = (absolute % PICO).toString().padStart(PICO_DIGITS, "0").replace(/0+$/, "");
  return `${pico < 0n ? "-" : ""}${absolute / PICO}${fraction ? `.${fraction}` : ""}`;
}

export const minus = (a: string, b: string): string => fromPico(toPico(a) - toPico(b));
export const plus = (a: string, b: string): string => fromPico(toPico(a) + toPico(b));
