import type { SealedPayload } from "../../ports/payload-store.ts";

/** Payloads on their way to the thread, in one piece of memory. */
export interface PackedPayloads {
  readonly ids: readonly string[];
  readonly keyIds: readonly string[];
  readonly lengths: readonly number[];
  readonly data: Uint8Array<ArrayBuffer>;
}

export type PayloadCalls = {
  readonly put: readonly [PackedPayloads, null];
  readonly get: readonly [string, { readonly keyId: string; readonly bytes: Uint8Array } | null];
  readonly getMany: readonly [readonly string[], readonly ({ readonly keyId: string; readonly bytes: Uint8Array } | null)[]];
  readonly delete: readonly [readonly string[], null];
  readonly status: readonly [null, { readonly payloads: number; readonly bytes: number }];
};

export function packPayloads(payloads: readonly SealedPayload[]): PackedPayloads {
  const lengths = payloads.map(({ bytes }) => bytes.length);
  const data = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { bytes } of payloads) {
    data.set(bytes, at);
    at += bytes.length;
  }
  return { ids: payloads.map(({ id }) => id), keyIds: payloads.map(({ keyId }) => keyId), lengths, data };
}
