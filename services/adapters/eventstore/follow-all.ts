import type { ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import type { Filter, Position, RecordedEvent } from "../../ports/event-store.ts";
import type { Connection, ReadCall } from "./connection.ts";
import { isPassing } from "./passing.ts";
import { passingFilter, prefixesOf } from "./read-events.ts";
import { recordedIn } from "./recorded.ts";
import { subscribeRequest } from "./requests.ts";
import { Backoff } from "./retry.ts";

/** A subscription that the server has not confirmed by then is made anew. */
const CONFIRMED_WITHIN_MS = 15_000;

export interface Following {
  readonly connection: Connection;
  readonly namespace: string;
  /** One of our own positions, or the beginning. */
  readonly after: Position | null;
  readonly limit: number;
  readonly filter: Filter | undefined;
  readonly signal: AbortSignal;
}

/**
 * Everything after a position and then what is stored, until the signal aborts. When the connection breaks it subscribes
 * anew after the last event it gave out; it gives up only on what trying again cannot change.
 */
export async function* followAll(following: Following): AsyncGenerator<readonly RecordedEvent[]> {
  const backoff = new Backoff();
  let { after } = following;
  while (!following.signal.aborted) {
    try {
      for await (const events of subscription({ ...following, after })) {
        after = events.at(-1)?.position ?? after;
        backoff.reset();
        yield events;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    if (!following.signal.aborted) await backoff.wait(following.signal);
  }
}

/** One subscription, until it breaks or the signal aborts. While nobody takes what came, the server is told to wait. */
async function* subscription({ connection, namespace, after, limit, filter, signal }: Following): AsyncGenerator<RecordedEvent[]> {
  const call = await connection.subscribe(subscribeRequest(after, prefixesOf(namespace, filter)));
  const inbox = new Inbox(call, limit, signal);
  const passes = passingFilter(filter);
  let last = after;
  try {
    for (;;) {
      const responses = await inbox.take();
      if (signal.aborted || responses === null) return;
      const events = responses.map((response) => recordedIn(response, namespace)).filter((event) => event !== null);
      const fresh = events.filter((event) => passes(event) && (last === null || event.position > last));
      if (fresh.length === 0) continue;
      last = fresh.at(-1)?.position ?? last;
      yield fresh;
    }
  } finally {
    inbox[Symbol.dispose]();
  }
}

/** What a call brought and nobody took yet: at most as much as is given out at once. */
class Inbox implements Disposable {
  readonly #call: ReadCall;
  readonly #limit: number;
  readonly #signal: AbortSignal;
  readonly #unconfirmed: NodeJS.Timeout;
  #responses: ReadResp[] = [];
  #ended: { readonly error: Error | null } | null = null;
  #wake: () => void = () => {};

  constructor(call: ReadCall, limit: number, signal: AbortSignal) {
    this.#call = call;
    this.#limit = limit;
    this.#signal = signal;
    this.#unconfirmed = setTimeout(() => this.#end(null), CONFIRMED_WITHIN_MS);
    call.on("data", (response: ReadResp) => this.#put(response));
    call.on("error", (error: Error) => this.#end(error));
    call.on("end", () => this.#end(null));
    signal.addEventListener("abort", this.#onAbort);
  }

  /** Waits for something to come; null when the call has ended. */
  async take(): Promise<ReadResp[] | null> {
    if (this.#responses.length === 0 && !this.#ended && !this.#signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const responses = this.#responses;
    this.#responses = [];
    if (responses.length === 0 && this.#ended?.error) throw this.#ended.error;
    if (responses.length === 0 && (this.#ended || this.#signal.aborted)) return null;
    this.#call.resume();
    return responses;
  }

  #put(response: ReadResp): void {
    clearTimeout(this.#unconfirmed);
    // A sign of life says nothing else, and is not kept.
    if (!response.hasEvent()) return;
    this.#responses.push(response);
    if (this.#responses.length >= this.#limit) this.#call.pause();
    this.#wake();
  }

  #end(error: Error | null): void {
    this.#ended ??= { error };
    this.#wake();
  }

  readonly #onAbort = (): void => this.#wake();

  [Symbol.dispose](): void {
    clearTimeout(this.#unconfirmed);
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#call.cancel();
  }
}
