import { numberFormat } from "./intl.ts";

/**
 * US dollars with as many digits as help: cents from one dollar on, hundredths of a cent below. What is smaller than
 * that, but not nothing, says so instead of showing zero.
 */
export function money(decimal: string, signed = false): string {
  const value = Number(decimal);
  const size = Math.abs(value);
  const digits = size === 0 || size >= 1 ? 2 : 4;
  const smallest = 0.0001;
  const format = numberFormat({
    style: "currency",
    currency: "USD",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  });
  if (size > 0 && size < smallest / 2) return `< ${format.format(smallest)}`;
  return format.format(value);
}

/** For the axis of a chart: few digits. */
export function moneyShort(value: number): string {
  return numberFormat({
    style: "currency",
    currency: "USD",
    notation: value >= 10_000 ? "compact" : "standard",
    minimumFractionDigits: 0,
    maximumFractionDigits: value > 0 && value < 1 ? 3 : value < 10 ? 2 : 0,
  }).format(value);
}

/** Every digit that is known. */
export const exactMoney = (decimal: string): string => `${decimal} USD`;

/** A price: every digit that is known, and cents at least. */
export const price = (decimal: string): string =>
  numberFormat({ style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 12 }).format(Number(decimal));
