import type { DecisionRecord } from "../../schemas/decision.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import type { SessionHistory } from "../domain/decision/input.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventReader } from "../ports/event-store.ts";

/** Sessions that are remembered; the one that was denied nothing for longest goes first. */
const MOST_SESSIONS = 50_000;
const MOST_COUNTED = 10_000;
/** Different requests that are remembered of one session. */
const MOST_REQUESTS = 200;

interface Denied {
  total: number;
  /** How often, by digest of the request. */
  readonly byRequest: Map<string, number>;
}

/** How often each session was denied, and what: an agent that tries the same again and again should be noticed. */
export class SessionDenials implements Following {
  readonly #sessions = new Map<string, Denied>();
  /** Decisions that were counted lately: those of this process come back from the store. */
  readonly #counted = new Set<string>();
  #following: Following | null = null;

  static async open(store: EventReader): Promise<SessionDenials> {
    const denials = new SessionDenials();
    const apply = ({ data }: StoredEvent): void => denials.count(data as DecisionRecord);
    const denied = (body: string): boolean => body.includes('"effect":"deny"');
    denials.#following = await followCategory(store, "decision", apply, denied);
    return denials;
  }

  of(agentId: string, sessionId: string | null, request: string): SessionHistory {
    const denied = sessionId === null ? undefined : this.#sessions.get(keyOf(agentId, sessionId));
    return { id: sessionId, denials: denied?.total ?? 0, sameDenied: denied?.byRequest.get(request) ?? 0 };
  }

  /** Counts a decision once, whether it was made here or is read from the store. */
  count(record: DecisionRecord): void {
    if (record.effect !== "deny" || this.#counted.delete(record.decisionId)) return;
    this.#counted.add(record.decisionId);
    if (this.#counted.size > MOST_COUNTED) this.#counted.delete(this.#counted.keys().next().value as string);
    this.#add(record);
  }

  get broken(): Promise<never> {
    return (this.#following as Following).broken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#following?.[Symbol.asyncDispose]();
  }

  #add({ agentId, sessionId, request }: DecisionRecord): void {
    if (sessionId === undefined) return;
    const key = keyOf(agentId, sessionId);
    const denied: Denied = this.#sessions.get(key) ?? { total: 0, byRequest: new Map() };
    denied.total += 1;
    if (denied.byRequest.has(request) || denied.byRequest.size < MOST_REQUESTS) {
      denied.byRequest.set(request, (denied.byRequest.get(request) ?? 0) + 1);
    }
    this.#sessions.delete(key);
    this.#sessions.set(key, denied);
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value as string);
  }
}

const keyOf = (agentId: string, sessionId: string): string => `${agentId} ${sessionId}`;
