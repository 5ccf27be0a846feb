import type { Position, RecordedEvent } from "../../ports/event-store.ts";
import { frameOf, messageOf } from "./message.ts";

/** What is kept for those who come back after a short break. */
const KEPT = 2_000;

export interface Frame {
  readonly position: Position;
  readonly text: string;
}

const encoder = new TextEncoder();

export const frame = (recorded: RecordedEvent): Frame => ({ position: recorded.position, text: frameOf(messageOf(recorded)) });
export const bytesOf = (frames: readonly Frame[]): Uint8Array => encoder.encode(frames.map(({ text }) => text).join(""));

/** The newest frames: everything that was stored after a position, which moves on. */
export class RecentFrames {
  #frames: Frame[] = [];
  #after: Position | null;

  /** @param after the newest position when keeping began; null: the store was empty */
  constructor(after: Position | null) {
    this.#after = after;
  }

  add(frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    if (this.#frames.length <= 2 * KEPT) return;
    const dropped = this.#frames.splice(0, this.#frames.length - KEPT);
    this.#after = dropped.at(-1)?.position ?? this.#after;
  }

  /** Whether everything after the position is here. */
  reachBackTo(position: Position): boolean {
    return this.#after === null || position >= this.#after;
  }

  since(position: Position): readonly Frame[] {
    return this.#frames.filter((each) => each.position > position);
  }

  /** The newest position; null when nothing was stored so far. */
  get newest(): Position | null {
    return this.#frames.at(-1)?.position ?? this.#after;
  }
}
