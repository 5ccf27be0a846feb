export interface SealedPayload {
  readonly id: string;
  readonly keyId: string;
  /** nonce (12 bytes), ciphertext, tag (16 bytes). */
  readonly bytes: Uint8Array;
}

/** Ciphertext that may be deleted. Holds nothing readable. */
export interface PayloadStore extends AsyncDisposable {
  /** Resolves once durable. Writing the same id again with the same bytes is no error. */
  put(payloads: readonly SealedPayload[]): Promise<void>;
  get(id: string): Promise<SealedPayload | null>;
  /** Many at once, in the order of the ids. */
  getMany(ids: readonly string[]): Promise<readonly (SealedPayload | null)[]>;
  /** Resolves once they cannot be read back, not even from the file's free space. */
  delete(ids: readonly string[]): Promise<void>;
  status(): Promise<{ readonly payloads: number; readonly bytes: number }>;
}
