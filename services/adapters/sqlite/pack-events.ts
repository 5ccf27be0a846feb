import type { Position, RecordedEvent } from "../../ports/event-store.ts";
import { ID_BYTES } from "./pack-appends.ts";
import { positionOf } from "./position.ts";

/** Stored events on their way from the reading thread, in one piece of memory. */
export interface PackedEvents {
  readonly streams: readonly string[];
  readonly types: readonly string[];
  /** For each event: position, revision, index of its stream, index of its type, bytes of its body. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** For each event, 16 bytes of id and then the body. */
  readonly data: Uint8Array<ArrayBuffer>;
}

const NUMBERS = 5;

export interface StoredRow {
  readonly position: number;
  readonly revision: number;
  readonly stream: string;
  readonly type: string;
  readonly id: Uint8Array;
  readonly body: Uint8Array;
}

export function packEvents(rows: readonly StoredRow[]): PackedEvents {
  const streams = new Map<string, number>();
  const types = new Map<string, number>();
  const numbers = new Float64Array(rows.length * NUMBERS);
  const data = new Uint8Array(rows.reduce((sum, { body }) => sum + ID_BYTES + body.length, 0));
  let at = 0;
  rows.forEach(({ position, revision, stream, type, id, body }, nth) => {
    numbers.set([position, revision, indexOf(stream, streams), indexOf(type, types), body.length], nth * NUMBERS);
    data.set(id, at);
    data.set(body, at + ID_BYTES);
    at += ID_BYTES + body.length;
  });
  return { streams: [...streams.keys()], types: [...types.keys()], numbers, data };
}

function indexOf(name: string, seen: Map<string, number>): number {
  const known = seen.get(name);
  if (known !== undefined) return known;
  seen.set(name, seen.size);
  return seen.size - 1;
}

export function unpackEvents({ streams, types, numbers, data }: PackedEvents): RecordedEvent[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const events: RecordedEvent[] = [];
  let at = 0;
  for (let nth = 0; nth < numbers.length; nth += NUMBERS) {
    const [position, revision, stream, type, length] = numbers.subarray(nth, nth + NUMBERS) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    const end = at + ID_BYTES + length;
    events.push({
      position: positionOf(position) as Position,
      stream: streams[stream] as string,
      revision,
      id: uuidOf(bytes, at),
      type: types[type] as string,
      body: bytes.toString("utf8", at + ID_BYTES, end),
    });
    at = end;
  }
  return events;
}

export function uuidOf(bytes: Buffer, at = 0): string {
  const hex = bytes.toString("hex", at, at + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
