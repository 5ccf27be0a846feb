import type { ContentHandler, ContentOf, HandledContent } from "../ports/content-handler.ts";
import type { KeyVault, ToSeal } from "../ports/key-vault.ts";
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
      const sealed = await vault.seal(items.flatMap(textsOf));
      const toStore: SealedPayload[] = [];
      let nth = 0;
      const handled = items.map(({ eventId, content }) =>
        content.map(({ kind, text }, index): HandledContent => {
          const { keyId, bytes, commitment } = sealed[nth++] as (typeof sealed)[number];
          const payloadId = idOf(eventId, index);
          toStore.push({ id: payloadId, keyId, bytes });
          return { kind, length: text.length, commitment, payloadId, keyId };
        }),
      );
      await payloads.put(toStore);
      return handled;
    },
  };
}

const textsOf = ({ eventId, scope, content }: ContentOf): ToSeal[] =>
  content.map(({ kind, text }, index) => ({ scope, associated: `${idOf(eventId, index)}.${kind}`, text }));

const idOf = (eventId: string, index: number): string => `${eventId}.${index}`;
