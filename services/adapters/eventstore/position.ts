import type { Position } from "../../ports/event-store.ts";

/** What the server says when an event comes without a position: -1 as an unsigned number. */
const NO_POSITION = 0xffff_ffff_ffff_ffffn;

/**
 * A place in the log of the server, as sixteen hexadecimal digits. The server knows two numbers, commit and prepare; for
 * everything that was written over gRPC they are the same, so one is enough (older servers even disagree with themselves
 * about the second).
 */
export function positionOf(commit: string): Position {
  const number = BigInt(commit);
  if (number === NO_POSITION)
    throw new Error("this event store gives no positions with the events of a stream: it must be version 22.10 or newer");
  return number.toString(16).padStart(16, "0") as Position;
}

export function commitOf(position: Position): string {
  if (!/^[0-9a-f]{16}$/.test(position)) throw new TypeError("this is not a position of an event store: sixteen hexadecimal digits are one");
  return BigInt(`0x${position}`).toString();
}
