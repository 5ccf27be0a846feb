import { readFileSync } from "node:fs";

/** Both sides in every round, one after the other, so that a noisy machine is equally noisy to both. */
export interface Side {
  readonly name: string;
  /** Does the work once and answers how many units it did. */
  run(round: number): Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** Units per second, one figure per round. */
  readonly rates: readonly number[];
  readonly median: number;
}

export async function interleaved(sides: readonly Side[], rounds: number): Promise<Measured[]> {
  const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of sides) {
      globalThis.gc?.();
      const start = performance.now();
      const units = await run(round);
      rates.get(name)?.push((units / (performance.now() - start)) * 1000);
    }
  }
  return [...rates].map(([name, each]) => ({ name, rates: each, median: median(each) }));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export function table(measured: readonly Measured[], unit: string): string {
  return measured
    .map(
      ({ name, rates, median: middle }) => `${name.padEnd(44)} ${format(middle).padStart(12)} ${unit}   [${rates.map(format).join(", ")}]`,
    )
    .join("\n");
}

export const format = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Resident memory of this process in MiB, now and at its highest. */
export function memory(): { now: number; peak: number } {
  const status = readFileSync("/proc/self/status", "utf8");
  const of = (field: string): number => Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024);
  return { now: of("VmRSS"), peak: of("VmHWM") };
}
