export interface ToSeal {
  /** Names the key, such as `session-<id>`: everything of one scope is sealed with one key and erased with it. */
  readonly scope: string;
  /** What the ciphertext belongs to. Needed again to open it. */
  readonly associated: string;
  readonly text: string | Uint8Array;
}

export interface SealedText {
  readonly keyId: string;
  /** nonce (12 bytes), ciphertext, tag (16 bytes). */
  readonly bytes: Uint8Array;
  /** SHA-256 over associated data and `bytes`, hex: what the envelope promises about the payload. */
  readonly commitment: string;
}

export interface ToUnseal {
  readonly keyId: string;
  readonly associated: string;
  readonly bytes: Uint8Array;
}

/**
 * Encrypts and decrypts with keys that never leave it. Destroying a key makes what it sealed unreadable for ever. Keys are
 * wrapped by a master key that never leaves it either.
 */
export interface KeyVault extends AsyncDisposable {
  /**
   * Each text with the current key of its scope, in order. A new key is durable before anything it sealed is answered. The
   * same text with the same associated data MUST give the same bytes as long as the scope keeps its key.
   */
  seal(items: readonly ToSeal[]): Promise<readonly SealedText[]>;
  /** null when the key was destroyed or never existed, or when key, associated data and bytes do not belong together. */
  unseal(keyId: string, associated: string, bytes: Uint8Array): Promise<Uint8Array | null>;
  /** Many at once, in their order; each as `unseal` answers it. */
  unsealMany(items: readonly ToUnseal[]): Promise<readonly (Uint8Array | null)[]>;
  /** Resolves once no copy of the keys can be read from the vault. */
  destroy(keyIds: readonly string[]): Promise<void>;
}
