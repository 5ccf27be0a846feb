import type { PayloadStore, SealedPayload } from "../../ports/payload-store.ts";
import { type PayloadCalls, packPayloads } from "./payload-calls.ts";
import { Thread } from "./thread.ts";

/** Sealed payloads in one SQLite file, which one process at a time may open. */
export async function openSqlitePayloadStore({ file }: { readonly file: string }): Promise<PayloadStore> {
  const thread = await Thread.start<PayloadCalls>("the payload store", new URL("./payload-thread.ts", import.meta.url), { file });
  return {
    async put(payloads: readonly SealedPayload[]) {
      if (payloads.length === 0) return;
      const packed = packPayloads(payloads);
      await thread.ask("put", packed, [packed.data.buffer]);
    },
    async get(id) {
      const found = await thread.ask("get", id);
      return found && { id, ...found };
    },
    async getMany(ids) {
      if (ids.length === 0) return [];
      const found = await thread.ask("getMany", ids);
      return found.map((each, nth) => each && { id: ids[nth] as string, ...each });
    },
    async delete(ids) {
      await thread.ask("delete", ids);
    },
    status: () => thread.ask("status", null),
    [Symbol.asyncDispose]: () => thread.close(),
  };
}
