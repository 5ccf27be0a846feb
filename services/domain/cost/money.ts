/** Pico-dollars in one US dollar. A price per million tokens in dollars is that many pico-dollars per token, times 10^6. */
const PICO_PER_USD = 1_000_000_000_000n;

/**
 * @param usd decimal digits with at most twelve decimals: `"0.094096"`
 * @returns pico-dollars, exactly
 * @throws RangeError for anything else, so that no amount is ever rounded silently
 */
export function picoOf(usd: string): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,12}))?$/.exec(usd);
  if (!match) throw new RangeError("an amount is decimal digits with at most twelve decimals");
  const [, sign, whole = "0", fraction = ""] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(12, "0"));
  return sign === "-" ? -pico : pico;
}

/** US dollars as decimal digits, exactly, without trailing zeros: `picoOf`'s inverse. */
export function usdOf(pico: bigint): string {
  const negative = pico < 0n;
  const digits = (negative ? -pico : pico).toString().padStart(13, "0");
  const whole = digits.slice(0, -12);
  const fraction = digits.slice(-12).replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
