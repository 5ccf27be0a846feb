import type { StoredEvent } from "../schemas/event.ts";
import { platformEvent } from "./domain/envelope.ts";
import type { Fact } from "./domain/fact.ts";
import { stableId } from "./domain/ids.ts";
import type { EventStore, NewEvent } from "./ports/event-store.ts";

/** A view in memory that decisions are made on. Takes each event of a stream once, in order. */
export interface StreamView {
  apply(event: StoredEvent, stream: string, revision: number): void;
  /** Events of this stream that are in the view. */
  eventsOf(stream: string): number;
}

export interface RecorderDeps {
  readonly store: EventStore;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

interface Reasoned {
  readonly kind: string;
  readonly reason: string;
}

interface Acts {
  readonly kind: "acts";
  readonly facts: readonly Fact[];
  /** The team that the envelope names. */
  readonly team?: string | undefined;
}

type Decide<Refusal> = (atMs: number) => Acts | { readonly kind: "quiet" } | Refusal;

/** No facts: what was wanted is so already. */
export interface Recorded {
  readonly kind: "recorded";
  readonly facts: readonly Fact[];
}

export interface Recorder {
  /**
   * Decides on the newest state of one stream and appends from the revision that was decided on; when another process was
   * faster, decides again on what it stored. One decision at a time per stream.
   * @param decide asked with the moment in milliseconds; reads the view
   */
  record<Refusal extends Reasoned>(stream: string, subject: string, decide: Decide<Refusal>): Promise<Recorded | Refusal>;
  /** Takes into the view what others have stored in a stream. */
  catchUp(stream: string): Promise<void>;
}

const PAGE = 1000;

export function makeRecorder({ store, now, random }: RecorderDeps, view: StreamView): Recorder {
  const turns = new Map<string, Promise<unknown>>();

  async function catchUp(stream: string): Promise<void> {
    for (;;) {
      const newer = await store.readStream(stream, view.eventsOf(stream), PAGE);
      for (const recorded of newer) view.apply(JSON.parse(recorded.body) as StoredEvent, stream, recorded.revision);
      if (newer.length < PAGE) return;
    }
  }

  /** @returns whether it was appended; else the view knows what was stored in its place */
  async function append(stream: string, events: readonly NewEvent[]): Promise<boolean> {
    const revision = view.eventsOf(stream);
    const [outcome] = await store.append([{ stream, expected: revision === 0 ? "none" : revision - 1, events }]);
    if (outcome?.kind === "appended") {
      events.forEach(({ body }, nth) => void view.apply(JSON.parse(body) as StoredEvent, stream, revision + nth));
      return true;
    }
    await catchUp(stream);
    if (view.eventsOf(stream) === revision) throw new Error("the event store refused an event and shows no other in its place");
    return false;
  }

  async function attempt<Refusal extends Reasoned>(stream: string, subject: string, decide: Decide<Refusal>): Promise<Recorded | Refusal> {
    if (view.eventsOf(stream) === 0) await catchUp(stream);
    for (;;) {
      const atMs = now();
      const decision = decide(atMs);
      if (decision.kind === "quiet") return { kind: "recorded", facts: [] };
      if (!("facts" in decision)) return decision as Refusal;
      const at = new Date(atMs).toISOString();
      const { facts, team } = decision as Acts;
      const events = facts.map(({ schema, data, actor }) => {
        const id = stableId(atMs, stream, Buffer.from(random(16)).toString("hex"));
        return platformEvent(schema, data, { actor, id, subject, at, team });
      });
      if (await append(stream, events)) return { kind: "recorded", facts };
    }
  }

  function record<Refusal extends Reasoned>(stream: string, subject: string, decide: Decide<Refusal>): Promise<Recorded | Refusal> {
    const mine = (turns.get(stream) ?? Promise.resolve()).then(() => attempt(stream, subject, decide));
    const turn: Promise<unknown> = mine
      .catch(() => {})
      .then(() => {
        if (turns.get(stream) === turn) turns.delete(stream);
      });
    turns.set(stream, turn);
    return mine;
  }

  return { record, catchUp };
}
