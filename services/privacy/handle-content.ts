import type { Content } from "../../schemas/event.ts";
import { type DataKey, seal } from "../domain/seal.ts";
import type { ContentHandler, ContentOf, HandledContent } from "../ports/content-handler.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore, SealedPayload } from "../ports/payload-store.ts";

/** `metadata`: kind and size only. `sealed`: the text too, encrypted. */
export type Capture = "metadata" | "sealed";

/** Content is dropped or sealed before anything else sees it. */
export function contentHandler(capture: Capture, payloads: PayloadStore, vault: KeyVault): ContentHandler {
  if (capture === "metadata") {
    return { handle: async (items) => items.map(({ content }) => content.map(({ kind, text }) => ({ kind, length: text.length }))) };
  }
  return {
    async handle(items) {
      const scopes = [...new Set(items.filter(({ content }) => content.length > 0).map(({ scope }) => scope))];
      // Asked for together: new keys wait for the disk once.
      const keys = new Map(await Promise.all(scopes.map(async (scope) => [scope, await vault.keyFor(scope)] as const)));
      const sealed: SealedPayload[] = [];
      const handled = items.map((item) => sealItem(item, keys.get(item.scope), sealed));
      if (sealed.length > 0) await payloads.put(sealed);
      return handled;
    },
  };
}

function sealItem({ eventId, content }: ContentOf, key: DataKey | undefined, sealed: SealedPayload[]): HandledContent[] {
  if (!key) return [];
  return content.map(({ kind, text }: Content, index) => {
    const payloadId = `${eventId}.${index}`;
    const { bytes, commitment } = seal(key, `${payloadId}.${kind}`, Buffer.from(text, "utf8"));
    sealed.push({ id: payloadId, keyId: key.id, bytes });
    return { kind, length: text.length, commitment, payloadId, keyId: key.id };
  });
}
