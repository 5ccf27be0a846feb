import protobuf from "protobufjs/minimal.js";
import { millisFromHalves, nanoTextFromHalves } from "../moments.ts";

export type Reader = InstanceType<typeof protobuf.Reader>;

/**
 * The wire format below OTLP's messages. The messages are read by hand, straight into our model: building generic message
 * objects first costs more than all the rest of the decoding.
 */

/** Wire types: the low three bits of a tag. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Tags as they stand on the wire. */
export const varint = (field: number): number => (field << 3) | VARINT;
export const fixed64 = (field: number): number => (field << 3) | FIXED64;
export const bytes = (field: number): number => (field << 3) | BYTES;

export const readerOf = (body: Uint8Array): Reader => protobuf.Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength));

/**
 * Reads one nested message: `field` gets each tag and answers whether it consumed the value. Nothing inside can read
 * beyond the message's end, and a fault inside leaves the reader behind it.
 */
export function message(reader: Reader, field: (tag: number) => boolean): void {
  const end = endOfMessage(reader);
  const outer = reader.len;
  reader.len = end;
  try {
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (!field(tag)) skip(reader, tag);
    }
  } finally {
    reader.len = outer;
    reader.pos = end;
  }
}

/** Reads a message's length. */
function endOfMessage(reader: Reader): number {
  const size = reader.uint32();
  const end = reader.pos + size;
  if (end > reader.len) throw new RangeError("a message reaches beyond its parent's end");
  return end;
}

/**
 * Lets `read` read the next message. When that is broken inside, answers its bytes and leaves the reader behind it; a
 * broken length is thrown, because nothing after it can be found.
 */
export function attempt(reader: Reader, read: () => void): Uint8Array | null {
  const start = reader.pos;
  const end = endOfMessage(reader);
  reader.pos = start;
  try {
    read();
    return null;
  } catch (fault) {
    if (!isBroken(fault)) throw fault;
    reader.pos = end;
    return reader.buf.subarray(start, end);
  }
}

/** What reading throws at bytes that are not what they should be. */
export const isBroken = (fault: unknown): boolean =>
  fault instanceof RangeError || (fault instanceof Error && /^(invalid|illegal) /.test(fault.message));

/** Passes over a field that we do not need. Groups left the format long before OTLP began: one is a sign of other bytes. */
export function skip(reader: Reader, tag: number): void {
  const type = tag & 7;
  if (tag >>> 3 === 0 || (type !== VARINT && type !== FIXED64 && type !== BYTES && type !== FIXED32)) {
    throw new RangeError("a tag that OTLP does not have");
  }
  reader.skipType(type);
}

export function nanoMillis(reader: Reader): number | null {
  const low = reader.fixed32();
  return millisFromHalves(low, reader.fixed32());
}

export interface Moment {
  readonly nano: string;
  readonly ms: number | null;
}

export function moment(reader: Reader): Moment {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return { nano: nanoTextFromHalves(low, high), ms: millisFromHalves(low, high) };
}

/** Signed 64 bits of fixed size as a number. */
export function signed64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.sfixed32() * 2 ** 32 + low;
}

/** Unsigned 64 bits of fixed size as a number. */
export function unsigned64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 2 ** 32 + low;
}

/** A signed number of up to 64 bits. */
export const int64 = (reader: Reader): number => Number(reader.int64());

/** All zeros means absent. */
export function hexId(reader: Reader): string {
  const hex = Buffer.from(reader.bytes()).toString("hex");
  return /^0*$/.test(hex) ? "" : hex;
}
