import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Context } from "hono";
import { LIMITS } from "../../schemas/primitives.ts";
import type { BodyRoom } from "./body-room.ts";
import { ACCEPTED, DECODERS, type Decoder } from "./decoders.ts";
import { type Failure, fail, unavailable } from "./problems.ts";

/**
 * Reads and decompresses a request body, never more of it than is allowed: neither a huge upload nor a few bytes that
 * inflate to gigabytes are ever in memory whole. The room that the bytes take is given back when `use` is through.
 */
export async function withBody<Answer>(
  context: Context,
  room: BodyRoom,
  use: (bytes: Uint8Array) => Promise<Answer>,
): Promise<Answer | Failure> {
  const encoding = (context.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  const decoder = DECODERS[encoding];
  if (!decoder && encoding !== "identity" && encoding !== "") return unknownEncoding();
  if (Number(context.req.header("content-length") ?? 0) > LIMITS.bodyBytes) return tooLarge();

  const collected = new Collected(room);
  try {
    const failure = await collect(context, decoder, collected);
    return failure ?? (await use(collected.bytes()));
  } finally {
    collected.release();
  }
}

/** What an agent sends every few seconds is small: streams would cost more than all the rest. Beyond it, they protect us. */
const SMALL = { packed: 32 * 1024, plain: 512 * 1024 } as const;

async function collect(context: Context, decoder: Decoder | undefined, into: Collected): Promise<Failure | null> {
  const source = bounded(chunksOf(context));
  try {
    if (!decoder) await into.take(source);
    else if (Number(context.req.header("content-length") ?? Number.NaN) <= SMALL.packed) await takeSmall(source, decoder, into);
    else await takeStream(source, decoder, into);
    return null;
  } catch (error) {
    const failure = failureFrom(error);
    if (!failure) throw error;
    return failure;
  }
}

async function takeSmall(source: AsyncIterable<Uint8Array>, decoder: Decoder, into: Collected): Promise<void> {
  const packed = Buffer.concat(await Array.fromAsync(source));
  let plain: Uint8Array | null = null;
  try {
    plain = decoder.atOnce(packed, { maxOutputLength: SMALL.plain });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
  }
  if (plain) into.add(plain);
  else await takeStream([packed], decoder, into);
}

async function takeStream(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, decoder: Decoder, into: Collected): Promise<void> {
  await pipeline(Readable.from(source), decoder.stream(), (plain: AsyncIterable<Uint8Array>) => into.take(plain));
}

/** Straight from the socket where there is one. Stopping early must not close it: the refusal still has to get through. */
function chunksOf(context: Context): AsyncIterable<Uint8Array> {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  if (incoming) return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) };
  return context.req.raw.body ?? Readable.from([]);
}

class TooLarge extends Error {}
class NoRoom extends Error {}
class CutOff extends Error {}

/** Also what arrives is limited: compressed bytes can go on for ever and inflate to nothing. */
async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let length = 0;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await iterator.next().catch((cause: unknown) => {
        throw new CutOff("the body ended early", { cause });
      });
      if (done) return;
      length += value.length;
      if (length > LIMITS.bodyBytes) throw new TooLarge();
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

class Collected {
  readonly #chunks: Uint8Array[] = [];
  readonly #room: BodyRoom;
  #length = 0;
  #held = 0;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  async take(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) this.add(chunk);
  }

  add(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#length > LIMITS.bodyBytes) throw new TooLarge();
    if (!this.#room.take(chunk.length)) throw new NoRoom();
    this.#held += chunk.length;
    this.#chunks.push(chunk);
  }

  bytes(): Uint8Array {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks, this.#length);
  }

  release(): void {
    this.#room.give(this.#held);
  }
}

function failureFrom(error: unknown): Failure | null {
  if (error instanceof TooLarge) return tooLarge();
  if (error instanceof NoRoom) return unavailable("Too many large requests are being read at this moment.", 1);
  if (error instanceof CutOff)
    return fail(400, "body_cut_off", "The body ended before it was complete.", { hint: "Send the request again." });
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  if (!/^(Z_|ERR__ERROR|ZSTD_error)/.test(code)) return null;
  return fail(400, "wrong_encoding", "The body cannot be decompressed as its content-encoding says.", {
    hint: "Compress the whole body, or leave the header content-encoding out.",
    at: "content-encoding",
  });
}

const tooLarge = (): Failure =>
  fail(413, "too_large", `A body may have ${LIMITS.bodyBytes} bytes after decompression.`, { hint: "Send smaller batches." });

const unknownEncoding = (): Failure =>
  fail(415, "unsupported_encoding", "The body's content-encoding is not one that is understood here.", {
    hint: `Send one of: ${ACCEPTED}.`,
    headers: { "accept-encoding": ACCEPTED },
  });
