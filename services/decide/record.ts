import { DecisionMade, type DecisionRecord } from "../../schemas/decision.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import { PolicyDataRecorded } from "../../schemas/policy.ts";
import type { AskingAgent } from "../domain/decision/input.ts";
import type { EffectiveSettings } from "../domain/decision/settings.ts";
import { platformEvent } from "../domain/envelope.ts";
import { stableId } from "../domain/ids.ts";
import type { EventReader, EventStore, StreamAppend } from "../ports/event-store.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore } from "../ports/payload-store.ts";
import type { Draft } from "./draft.ts";

export interface RecordDeps {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
}

/** Digests of settings that this process knows to be stored. */
const MOST_KNOWN = 10_000;

export type Recorded =
  | { readonly kind: "recorded"; readonly record: DecisionRecord }
  /** This decision is stored already: made by another process at the same moment, or asked for again. */
  | { readonly kind: "already"; readonly record: DecisionRecord };

/** Writes decisions down: the input sealed, then the event that points at it, both durable when it resolves. */
export class DecisionRecorder {
  readonly #deps: RecordDeps;
  readonly #dataStored = new Set<string>();

  constructor(deps: RecordDeps) {
    this.#deps = deps;
  }

  /** Decisions that are recorded at the same time share the waits for the disk. */
  async record(draft: Draft, input: string, data: EffectiveSettings, agent: AskingAgent, atMs: number): Promise<Recorded> {
    const { store, payloads, vault } = this.#deps;
    const { decisionId, agentId, sessionId } = draft;
    // Made again after a failure, a decision has another input: what was put away for the first try must not stand in its way.
    const payloadId = `${decisionId}.${draft.input.slice(0, 16)}`;
    const scope = sessionId === undefined ? `decisions-${agentId}` : `session-${agentId}.${sessionId}`;
    const [sealed] = await vault.seal([{ scope, associated: payloadId, text: input }]);
    if (!sealed) throw new Error("the vault did not seal an input");
    const { keyId, commitment, bytes } = sealed;
    await payloads.put([{ id: payloadId, keyId, bytes }]);

    const record: DecisionRecord = { ...draft, sealed: { kind: "decision_input", length: input.length, commitment, payloadId, keyId } };
    const stream = decisionStream(decisionId);
    const at = new Date(atMs).toISOString();
    const event = platformEvent(DecisionMade, record, {
      actor: { kind: "agent", id: agentId },
      id: stableId(atMs, stream),
      subject: decisionId,
      at,
      team: agent.team,
      vendor: agent.vendor ?? undefined,
    });
    const made: StreamAppend = { stream, expected: "none", events: [event] };
    const outcomes = await store.append([...this.#dataAppend(data, at), made]);
    if (outcomes.at(-1)?.kind === "appended") {
      this.#known(data.digest);
      return { kind: "recorded", record };
    }
    const stored = await readDecision(store, decisionId);
    if (!stored) throw new Error("the event store refused a decision and shows no other in its place");
    return { kind: "already", record: stored.data };
  }

  /** Settings are stored once per digest; that another process was faster is no error. */
  #dataAppend({ digest, json }: EffectiveSettings, at: string): StreamAppend[] {
    if (this.#dataStored.has(digest)) return [];
    const stream = dataStream(digest);
    const occasion = { actor: { kind: "service", id: "decide" }, id: stream, subject: digest, at } as const;
    return [{ stream, expected: "none", events: [platformEvent(PolicyDataRecorded, { digest, document: json }, occasion)] }];
  }

  #known(digest: string): void {
    if (this.#dataStored.size >= MOST_KNOWN) this.#dataStored.clear();
    this.#dataStored.add(digest);
  }
}

const decisionStream = (decisionId: string): string => `decision-${decisionId}`;
/** A category of its own: whoever follows the policies does not read every document that was ever in force. */
const dataStream = (digest: string): string => `policydata-${digest}`;

export async function readDecision(store: EventReader, decisionId: string): Promise<StoredEvent<DecisionRecord> | null> {
  const [recorded] = await store.readStream(decisionStream(decisionId), 0, 1);
  if (recorded?.type !== DecisionMade.type) return null;
  return JSON.parse(recorded.body) as StoredEvent<DecisionRecord>;
}

/** The settings with a digest, as canonical JSON; null when no decision was made with them. */
export async function readData(store: EventReader, digest: string): Promise<string | null> {
  const [recorded] = await store.readStream(dataStream(digest), 0, 1);
  if (!recorded) return null;
  return (JSON.parse(recorded.body) as StoredEvent<{ document: string }>).data.document;
}
