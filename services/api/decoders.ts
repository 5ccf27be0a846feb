import type { Transform } from "node:stream";
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";

/** How one content-encoding is undone, piece by piece or at once. */
export interface Decoder {
  readonly stream: () => Transform;
  readonly atOnce: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
}

const gzip: Decoder = { stream: createGunzip, atOnce: gunzipSync };
export const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip,
  "x-gzip": gzip,
  deflate: { stream: createInflate, atOnce: inflateSync },
  br: { stream: createBrotliDecompress, atOnce: brotliDecompressSync },
  zstd: { stream: createZstdDecompress, atOnce: zstdDecompressSync },
};
export const ACCEPTED = "gzip, deflate, br, zstd, identity";
