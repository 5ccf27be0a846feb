import { createHash } from "node:crypto";
import type { StoredEvent } from "../../schemas/event.ts";
import { QuarantineEntered } from "../../schemas/quarantine.ts";
import { platformEvent } from "../domain/envelope.ts";
import { foldQuarantine, type HeldEntry, nothingHeld } from "../domain/quarantine.ts";
import type { EventReader, EventStore } from "../ports/event-store.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore } from "../ports/payload-store.ts";
import type { Quarantine, Refused } from "../ports/quarantine.ts";

export interface QuarantineDeps {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
  readonly now: () => number;
}

/**
 * Keeps what was refused: sealed bytes first, then the event that points at them. The same bytes from the same agent are
 * one entry, however often they are delivered, through whatever door and for whatever reason.
 */
export function makeQuarantine({ store, payloads, vault, now }: QuarantineDeps): Quarantine {
  return {
    async enter(refused) {
      const ids = refused.map(entryIdOf);
      const distinct = new Map(refused.map((each, nth) => [ids[nth] as string, each]));
      const at = new Date(now()).toISOString();
      const fresh: { readonly entryId: string; readonly each: Refused; readonly held: HeldEntry }[] = [];
      for (const [entryId, each] of distinct) {
        const held = await readEntry(store, entryId);
        if (held.state !== "held") fresh.push({ entryId, each, held });
      }
      if (fresh.length === 0) return ids;
      const sealed = await vault.seal(fresh.map(({ entryId, each }) => ({ scope: "quarantine", associated: entryId, text: each.bytes })));
      const payload = (nth: number) => sealed[nth] as (typeof sealed)[number];
      await payloads.put(fresh.map(({ entryId }, nth) => ({ id: entryId, keyId: payload(nth).keyId, bytes: payload(nth).bytes })));
      // A conflict means that another writer entered the same bytes at the same moment: they are held, which is the point.
      await store.append(
        fresh.map(({ entryId, each, held }, nth) => ({
          stream: streamOf(entryId),
          expected: held.events === 0 ? "none" : held.events - 1,
          events: [entered(entryId, each, payload(nth).keyId, held, at)],
        })),
      );
      return ids;
    },
  };
}

function entered(entryId: string, { agentId, door, refusal, bytes, contentType }: Refused, keyId: string, held: HeldEntry, at: string) {
  return platformEvent(
    QuarantineEntered,
    {
      entryId,
      agentId,
      door,
      code: refusal.code,
      reason: refusal.reason.slice(0, 2000),
      ...(refusal.at !== "" && { at: refusal.at.slice(0, 512) }),
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(contentType !== undefined && { contentType }),
      payloadId: entryId,
      keyId,
    },
    { actor: { kind: "service", id: "quarantine" }, id: `${entryId}.${held.events}`, subject: entryId, at },
  );
}

/** Where an entry stands, from its stream. */
export async function readEntry(store: EventReader, entryId: string): Promise<HeldEntry> {
  const events = await store.readStream(streamOf(entryId), 0, 1000);
  return events.reduce((entry, { body }) => foldQuarantine(entry, JSON.parse(body) as StoredEvent), nothingHeld);
}

export const streamOf = (entryId: string): string => `quarantine-${entryId}`;

function entryIdOf({ agentId, bytes }: Refused): string {
  const digest = createHash("sha256").update(`${agentId}\0`).update(bytes).digest("hex");
  return `q_${digest.slice(0, 24)}`;
}
