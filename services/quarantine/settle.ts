import { QuarantineDiscarded, QuarantineReleased } from "../../schemas/quarantine.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import type { Entered } from "../domain/quarantine.ts";
import { type QuarantineDeps, readEntry, streamOf } from "./enter.ts";

/** Sends bytes through the door they came from. Answers what was refused of them, by entry, and why the first was. */
export type Retake = (entry: Entered, bytes: Uint8Array) => Promise<{ readonly kept: readonly string[]; readonly reason: string }>;

export type Settled =
  | { readonly kind: "done" }
  | { readonly kind: "refused_again"; readonly reason: string }
  | { readonly kind: "not_found" }
  | { readonly kind: "not_held"; readonly state: string }
  | { readonly kind: "unreadable" };

/**
 * Gives the bytes another try, after whatever was wrong was put right. Refused again, the entry stays held. When only parts
 * of them are refused now, those have entries of their own, and this one is settled.
 */
export async function release(entryId: string, actor: Actor, retake: Retake, deps: QuarantineDeps): Promise<Settled> {
  const { store, payloads, vault, now } = deps;
  const held = await readEntry(store, entryId);
  if (!held.entered) return { kind: "not_found" };
  if (held.state !== "held") return { kind: "not_held", state: held.state };
  const payload = await payloads.get(held.entered.payloadId);
  const bytes = payload && (await vault.unseal(held.entered.keyId, entryId, payload.bytes));
  if (!bytes) return { kind: "unreadable" };

  const answer = await retake(held.entered, bytes);
  const again = answer.kept.includes(entryId);
  const data = again
    ? { entryId, outcome: "refused_again" as const, reason: answer.reason.slice(0, 2000) }
    : { entryId, outcome: "taken" as const };
  const at = new Date(now()).toISOString();
  const after = await readEntry(store, entryId);
  const event = platformEvent(QuarantineReleased, data, { actor, id: `${entryId}.${after.events}`, subject: entryId, at });
  await store.append([{ stream: streamOf(entryId), expected: after.events - 1, events: [event] }]);
  if (again) return { kind: "refused_again", reason: answer.reason };
  await payloads.delete([held.entered.payloadId]);
  return { kind: "done" };
}

/** A person gives the bytes up: recorded first, then deleted. */
export async function discard(entryId: string, reason: string, actor: Actor, deps: QuarantineDeps): Promise<Settled> {
  const { store, payloads, now } = deps;
  const held = await readEntry(store, entryId);
  if (!held.entered) return { kind: "not_found" };
  if (held.state !== "held") return { kind: "not_held", state: held.state };
  const at = new Date(now()).toISOString();
  const event = platformEvent(QuarantineDiscarded, { entryId, reason }, { actor, id: `${entryId}.${held.events}`, subject: entryId, at });
  const [outcome] = await store.append([{ stream: streamOf(entryId), expected: held.events - 1, events: [event] }]);
  if (outcome?.kind === "conflict") return discard(entryId, reason, actor, deps);
  await payloads.delete([held.entered.payloadId]);
  return { kind: "done" };
}
