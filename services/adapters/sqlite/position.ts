import type { Position } from "../../ports/event-store.ts";

/** Sixteen hexadecimal digits sort as text in the order of the numbers. */
export const positionOf = (number: number): Position => number.toString(16).padStart(16, "0") as Position;

export function numberOf(position: Position): number {
  const number = /^[0-9a-f]{16}$/.test(position) ? Number.parseInt(position, 16) : Number.NaN;
  if (Number.isNaN(number)) throw new TypeError("this is not a position of an event store: sixteen hexadecimal digits are one");
  return number;
}
