import type { DataKey } from "../domain/seal.ts";

/** Data keys, wrapped by a master key that never leaves the vault. Destroying a key makes what it sealed unreadable for ever. */
export interface KeyVault extends AsyncDisposable {
  /** The current key of a scope (such as `session-<id>`), made and durable before it is returned. */
  keyFor(scope: string): Promise<DataKey>;
  /** null when the key was destroyed or never existed. */
  open(keyId: string): Promise<DataKey | null>;
  /** Resolves once no copy of the key can be read from the vault. */
  destroy(keyIds: readonly string[]): Promise<void>;
}
