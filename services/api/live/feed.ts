import type { EventReader, Position } from "../../ports/event-store.ts";
import { LiveClient } from "./client.ts";
import { bytesOf, type Frame, frame, RecentFrames } from "./recent.ts";

const HEARTBEAT_MS = 15_000;
/** Batches that follow one another faster than this go out together. */
const GATHER_MS = 50;
const PAGE = 500;
/** Whoever missed more than this loads the screen again instead of hearing of every event. */
const MOST_MISSED = 20_000;
const MOST_CLIENTS = 1_000;

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": still here\n\n");

interface Run {
  readonly stop: AbortController;
  /** Resolves when everything that is stored from now on will be heard of. */
  readonly recent: Promise<RecentFrames>;
  readonly done: Promise<void>;
  readonly heartbeat: NodeJS.Timeout;
}

/**
 * Everything that is stored, as it is stored, to every open screen. Each event is put into words once and the same bytes
 * go to all. The store is followed while somebody listens, and only then.
 */
export class LiveFeed implements AsyncDisposable {
  readonly #store: EventReader;
  readonly #broken: (error: unknown) => void;
  /** Whether each may still hear. */
  readonly #allowed = new Map<LiveClient, () => boolean>();
  /** Those that have caught up. With a position: it read further in the store than the feed has come, up to there. */
  readonly #live = new Map<LiveClient, Position | null>();
  #run: Run | null = null;
  #ended = false;

  /** @param broken hears why following the store failed; the clients are closed and come back by themselves */
  constructor(store: EventReader, broken: (error: unknown) => void) {
    this.#store = store;
    this.#broken = broken;
  }

  get clients(): number {
    return this.#allowed.size;
  }

  /**
   * @param after the last position that the client knows; null: only what comes from now on
   * @param allowed whether whoever listens still may: asked again and again, and at once by `look`
   * @returns null when there are too many clients, or the platform is shutting down
   */
  open(after: string | null, allowed: () => boolean): LiveClient | null {
    if (this.#ended || this.#allowed.size >= MOST_CLIENTS) return null;
    const client = new LiveClient();
    this.#allowed.set(client, allowed);
    void client.closed.then(() => this.#leave(client));
    this.#run ??= this.#start();
    void this.#join(client, after, this.#run).catch(() => client.close());
    return client;
  }

  /** Ends the connections of those who may no longer hear. */
  look(): void {
    for (const [client, allowed] of this.#allowed) if (!allowed()) client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    const run = this.#run;
    for (const client of this.#allowed.keys()) client.close();
    this.#stop();
    await run?.done;
  }

  /** Sends what was missed, then lets the client hear what all hear. The change-over is one step: no gap, no repeat. */
  async #join(client: LiveClient, after: string | null, run: Run): Promise<void> {
    const recent = await run.recent;
    client.send(encoder.encode(`retry: 2000\nevent: ready\n${after === null ? idOf(recent) : ""}data: {}\n\n`));
    let known = after === null || (await this.#knows(after)) ? (after as Position | null) : reset(client, recent);
    let missed = 0;
    let atEnd = false;
    while (client.open && known !== null && !atEnd && !recent.reachBackTo(known)) {
      // The store refuses what only looks like a position; when the store itself is gone, following it says so.
      const page = await this.#store.readAll(known, PAGE).catch(() => null);
      missed += page?.events.length ?? 0;
      if (!page || missed > MOST_MISSED) known = reset(client, recent);
      else {
        client.send(bytesOf(page.events.map(frame)));
        await client.drained();
        known = page.next ?? known;
        atEnd = page.atEnd;
      }
    }
    if (known !== null) client.send(bytesOf(recent.since(known)));
    if (client.open) this.#live.set(client, known);
  }

  /** A position of another store, or one that was made up, must not be read from. */
  async #knows(after: string): Promise<boolean> {
    const head = await this.#store.head();
    return head !== null && after.length === head.length && after <= head && /^[\w.:-]+$/.test(after);
  }

  #leave(client: LiveClient): void {
    this.#allowed.delete(client);
    this.#live.delete(client);
    if (this.#allowed.size === 0) this.#stop();
  }

  #start(): Run {
    const stop = new AbortController();
    const { promise: recent, resolve, reject } = Promise.withResolvers<RecentFrames>();
    recent.catch(() => {});
    const done = this.#follow(stop.signal, resolve).catch((error: unknown) => {
      reject(error);
      if (stop.signal.aborted) return;
      this.#broken(error);
      for (const client of this.#allowed.keys()) client.close();
    });
    const heartbeat = setInterval(() => {
      this.look();
      for (const client of this.#live.keys()) client.send(HEARTBEAT);
    }, HEARTBEAT_MS);
    heartbeat.unref();
    return { stop, recent, done, heartbeat };
  }

  #stop(): void {
    this.#run?.stop.abort();
    clearInterval(this.#run?.heartbeat);
    this.#run = null;
  }

  async #follow(signal: AbortSignal, ready: (recent: RecentFrames) => void): Promise<void> {
    const head = await this.#store.head();
    const recent = new RecentFrames(head);
    ready(recent);
    for await (const events of this.#store.follow(head, PAGE, signal)) {
      if (signal.aborted) return;
      const frames = events.map(frame);
      recent.add(frames);
      this.#broadcast(frames);
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }

  #broadcast(frames: readonly Frame[]): void {
    const bytes = bytesOf(frames);
    for (const [client, known] of this.#live) {
      if (known === null) client.send(bytes);
      else {
        const news = frames.filter(({ position }) => position > known);
        client.send(bytesOf(news));
        if (news.length > 0) this.#live.set(client, null);
      }
    }
  }
}

/** Tells the client to load anew, and goes on from now. */
function reset(client: LiveClient, recent: RecentFrames): null {
  client.send(encoder.encode(`event: reset\n${idOf(recent)}data: {}\n\n`));
  return null;
}

const idOf = ({ newest }: RecentFrames): string => (newest === null ? "" : `id: ${newest}\n`);
