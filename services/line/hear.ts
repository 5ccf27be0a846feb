import { LineBroadcastAcknowledged, type LineScope } from "../../schemas/line.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import { factOf } from "../domain/fact.ts";
import { lineStream } from "../domain/line/scope.ts";
import type { Recorder, RecorderDeps } from "../stream-recorder.ts";
import type { LineView } from "./line-view.ts";

export interface Hearing {
  readonly scope: LineScope;
  readonly broadcastId: string;
  /** One process of the agent: several may run with one credential. */
  readonly runtimeId: string;
}

export type Heard =
  | { readonly kind: "heard"; readonly latencyMs: number }
  | { readonly kind: "unknown_broadcast" | "invalid"; readonly reason: string };

/** A runtime has heard of a line's state. The latency runs from the storing of the state to now, by this platform's clock. */
export async function hear(
  { scope, broadcastId, runtimeId }: Hearing,
  by: Actor,
  deps: Pick<RecorderDeps, "store" | "now"> & { view: LineView; recorder: Recorder },
): Promise<Heard> {
  const { store, now, view, recorder } = deps;
  const stream = lineStream(scope);
  if (!view.broadcast(scope, broadcastId)) await recorder.catchUp(stream);
  const told = view.broadcast(scope, broadcastId);
  if (!told) return { kind: "unknown_broadcast", reason: "no such message was sent lately; ask for the line's state again" };
  const key = `${by.id}/${runtimeId}`;
  const before = told.acknowledged.get(key);
  if (before !== undefined) return { kind: "heard", latencyMs: before };

  const atMs = now();
  const { andonId } = told.message;
  const latencyMs = Math.max(0, atMs - Date.parse(told.message.at));
  const fact = factOf(LineBroadcastAcknowledged, { andonId, scope, broadcastId, runtimeId: key, latencyMs }, by);
  if ("kind" in fact) return fact;
  const occasion = { actor: by, id: `${broadcastId}/${runtimeId}`, subject: andonId, at: new Date(atMs).toISOString() };
  const event = platformEvent(fact.schema, fact.data, occasion);
  // The order among other events of the line does not matter: it changes nothing that is decided.
  await store.append([{ stream, expected: "any", events: [event] }]);
  await recorder.catchUp(stream);
  return { kind: "heard", latencyMs: view.broadcast(scope, broadcastId)?.acknowledged.get(key) ?? latencyMs };
}
