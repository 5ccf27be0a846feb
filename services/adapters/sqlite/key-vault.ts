import type { DataKey } from "../../domain/seal.ts";
import type { KeyVault } from "../../ports/key-vault.ts";
import type { KeyCalls } from "./key-calls.ts";
import { Thread } from "./thread.ts";

/** Scopes whose key is kept at hand: a session asks for its key with every event. */
const KEYS_AT_HAND = 1_000;

/**
 * Keys in one SQLite file, which one process at a time may open. The master key is in another file, readable by its
 * owner only, and is made with a new vault. Whoever has both files can open every key: back them up apart.
 */
export async function openSqliteKeyVault({
  file,
  masterKeyFile,
}: {
  readonly file: string;
  readonly masterKeyFile: string;
}): Promise<KeyVault> {
  const thread = await Thread.start<KeyCalls>("the key vault", new URL("./key-thread.ts", import.meta.url), { file, masterKeyFile });
  return new SqliteKeyVault(thread);
}

class SqliteKeyVault implements KeyVault {
  readonly #thread: Thread<KeyCalls>;
  readonly #atHand = new Map<string, DataKey>();
  /** A key that was asked for before a destruction and arrives after it must not be kept. */
  #destructions = 0;

  constructor(thread: Thread<KeyCalls>) {
    this.#thread = thread;
  }

  async keyFor(scope: string): Promise<DataKey> {
    const atHand = this.#atHand.get(scope);
    if (atHand) return copyOf(atHand);
    const before = this.#destructions;
    const key = await this.#thread.ask("keyFor", scope);
    if (before === this.#destructions) this.#keep(scope, copyOf(key));
    return key;
  }

  async open(keyId: string): Promise<DataKey | null> {
    return this.#thread.ask("open", keyId);
  }

  async destroy(keyIds: readonly string[]): Promise<void> {
    this.#destructions += 1;
    for (const [scope, key] of this.#atHand) if (keyIds.includes(key.id)) this.#atHand.delete(scope);
    await this.#thread.ask("destroy", keyIds);
  }

  #keep(scope: string, key: DataKey): void {
    if (this.#atHand.size >= KEYS_AT_HAND) this.#atHand.delete(this.#atHand.keys().next().value as string);
    this.#atHand.set(scope, key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#atHand.clear();
    await this.#thread.close();
  }
}

/** Whoever wipes the key after use must not wipe ours. */
const copyOf = ({ id, secret }: DataKey): DataKey => ({ id, secret: Uint8Array.from(secret) });
