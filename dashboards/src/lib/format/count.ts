import { numberFormat } from "./intl.ts";

export const count = (value: number): string => numberFormat().format(value);

/** Big counts in short: 1.2M. Below ten thousand every digit is shown. */
export function countShort(value: number): string {
  if (Math.abs(value) < 10_000) return count(value);
  return numberFormat({ notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** A share between 0 and 1. What is there but rounds to nothing is not shown as nothing. */
export function share(value: number): string {
  const format = numberFormat({ style: "percent", maximumFractionDigits: 1 });
  if (value > 0 && value < 0.0005) return `< ${format.format(0.001)}`;
  return format.format(value);
}

const STEPS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function bytes(value: number): string {
  let step = 0;
  let size = value;
  while (size >= 1000 && step < STEPS.length - 1) {
    size /= 1000;
    step += 1;
  }
  return numberFormat({
    style: "unit",
    unit: STEPS[step] ?? "byte",
    // In short, English has "140 byte".
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: size < 10 && step > 0 ? 1 : 0,
  }).format(size);
}
