import type { SealedText, ToSeal, ToUnseal } from "../../ports/key-vault.ts";

/** Texts on their way to the thread, in one piece of memory that is handed over, not copied. */
export interface PackedTexts {
  readonly scopes: readonly string[];
  readonly associated: readonly string[];
  /** For each text, the index of its scope and its bytes. */
  readonly shapes: Uint32Array;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Sealed texts on their way back. */
export interface PackedSealed {
  /** For each scope of the question. */
  readonly keyIds: readonly string[];
  readonly commitments: readonly string[];
  readonly lengths: Uint32Array;
  readonly data: Uint8Array<ArrayBuffer>;
}

export type KeyCalls = {
  readonly seal: readonly [PackedTexts, PackedSealed];
  readonly unseal: readonly [ToUnseal, Uint8Array | null];
  readonly unsealMany: readonly [readonly ToUnseal[], readonly (Uint8Array | null)[]];
  readonly destroy: readonly [readonly string[], null];
};

export function packTexts(items: readonly ToSeal[]): PackedTexts {
  const scopes = new Map<string, number>();
  const shapes = new Uint32Array(items.length * 2);
  let bytes = 0;
  items.forEach(({ scope, text }, nth) => {
    const known = scopes.get(scope) ?? scopes.size;
    scopes.set(scope, known);
    const length = typeof text === "string" ? Buffer.byteLength(text) : text.length;
    shapes[nth * 2] = known;
    shapes[nth * 2 + 1] = length;
    bytes += length;
  });
  const data = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  items.forEach(({ text }, nth) => {
    if (typeof text === "string") data.write(text, at);
    else data.set(text, at);
    at += shapes[nth * 2 + 1] as number;
  });
  return { scopes: [...scopes.keys()], associated: items.map(({ associated }) => associated), shapes, data: new Uint8Array(data.buffer) };
}

export function unpackSealed({ keyIds, commitments, lengths, data }: PackedSealed, { shapes }: Pick<PackedTexts, "shapes">): SealedText[] {
  let at = 0;
  return commitments.map((commitment, nth) => {
    const bytes = data.subarray(at, (at += lengths[nth] as number));
    return { keyId: keyIds[shapes[nth * 2] as number] as string, bytes, commitment };
  });
}
