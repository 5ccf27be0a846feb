import type { KeyVault, ToSeal } from "../../ports/key-vault.ts";
import { type KeyCalls, packTexts, unpackSealed } from "./key-calls.ts";
import { Thread } from "./thread.ts";

/**
 * Keys in one SQLite file, which one process at a time may open. The master key is in another file, readable by its
 * owner only, and is made with a new vault. Whoever has both files can open every key: back them up apart. Sealing takes
 * place in the vault's own thread: the event loop has other work.
 */
export async function openSqliteKeyVault({
  file,
  masterKeyFile,
}: {
  readonly file: string;
  readonly masterKeyFile: string;
}): Promise<KeyVault> {
  const thread = await Thread.start<KeyCalls>("the key vault", new URL("./key-thread.ts", import.meta.url), { file, masterKeyFile });
  return {
    async seal(items: readonly ToSeal[]) {
      if (items.length === 0) return [];
      const packed = packTexts(items);
      const { shapes } = packed;
      return unpackSealed(await thread.ask("seal", packed, [packed.data.buffer]), { shapes });
    },
    unseal: (keyId, associated, bytes) => thread.ask("unseal", { keyId, associated, bytes }),
    async unsealMany(items) {
      return items.length === 0 ? [] : thread.ask("unsealMany", items);
    },
    async destroy(keyIds) {
      await thread.ask("destroy", keyIds);
    },
    [Symbol.asyncDispose]: () => thread.close(),
  };
}
