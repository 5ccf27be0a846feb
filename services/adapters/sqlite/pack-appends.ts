import type { Expected, StreamAppend } from "../../ports/event-store.ts";

/** Appends on their way to the writing thread: everything long is in one piece of memory that is handed over, not copied. */
export interface PackedAppends {
  readonly streams: readonly string[];
  readonly expected: readonly Expected[];
  /** Events of each append. */
  readonly counts: Uint32Array;
  readonly types: readonly string[];
  /** For each event, the index of its type and the bytes of its body. */
  readonly shapes: Uint32Array;
  /** For each event, 16 bytes of id and then the body. */
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface UnpackedEvent {
  readonly id: Uint8Array;
  readonly type: string;
  readonly body: Uint8Array;
}

export interface UnpackedAppend {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly UnpackedEvent[];
}

export const ID_BYTES = 16;

export function packAppends(appends: readonly StreamAppend[]): PackedAppends {
  const events = appends.flatMap((append) => append.events);
  const types = new Map<string, number>();
  const shapes = new Uint32Array(events.length * 2);
  let bytes = 0;
  events.forEach(({ type, body }, nth) => {
    const length = Buffer.byteLength(body);
    if (!types.has(type)) types.set(type, types.size);
    shapes.set([types.get(type) as number, length], nth * 2);
    bytes += ID_BYTES + length;
  });
  const data = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const { id, body } of events) {
    at += data.write(id.replaceAll("-", ""), at, "hex");
    at += data.write(body, at);
  }
  return {
    streams: appends.map(({ stream }) => stream),
    expected: appends.map(({ expected }) => expected),
    counts: Uint32Array.from(appends, (append) => append.events.length),
    types: [...types.keys()],
    shapes,
    data: new Uint8Array(data.buffer),
  };
}

export function* unpackAppends({ streams, expected, counts, types, shapes, data }: PackedAppends): Generator<UnpackedAppend> {
  let nth = 0;
  let at = 0;
  for (const [index, stream] of streams.entries()) {
    const events: UnpackedEvent[] = [];
    for (let left = counts[index] as number; left > 0; left--, nth++) {
      const body = at + ID_BYTES;
      const end = body + (shapes[nth * 2 + 1] as number);
      events.push({ id: data.subarray(at, body), type: types[shapes[nth * 2] as number] as string, body: data.subarray(body, end) });
      at = end;
    }
    yield { stream, expected: expected[index] as Expected, events };
  }
}
