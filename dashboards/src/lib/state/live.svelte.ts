import { address } from "#lib/api.ts";

export interface LiveMessage {
  position: string;
  type: string;
  agent: string | null;
  session: string | null;
  time: string;
}

export type LiveState = "connecting" | "open" | "lost";

const RESET = "reset";
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/**
 * What happens, as it happens. The browser resumes after a broken connection by itself; when the platform refused or
 * went away, this tries again after the last position it saw, waiting longer each time.
 */
class Live {
  state = $state<LiveState>("connecting");
  #source: EventSource | null = null;
  #position: string | null = null;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<(message: LiveMessage) => void>();

  open(): void {
    if (this.#source) return;
    const source = new EventSource(address("/live", { after: this.#position }));
    this.#source = source;
    source.onopen = () => {
      this.state = "open";
      this.#wait = FIRST_WAIT;
    };
    source.onmessage = (event: MessageEvent<string>) => this.#take(event);
    // Too much was missed to hear of every event: whoever listens looks again.
    source.addEventListener("reset", () => this.#tell({ position: "", type: RESET, agent: null, session: null, time: "" }));
    source.onerror = () => {
      this.state = "lost";
      if (source.readyState !== EventSource.CLOSED) return;
      this.#source = null;
      this.#timer = setTimeout(() => this.open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.state = "connecting";
  }

  listen(to: (message: LiveMessage) => void): () => void {
    this.#listeners.add(to);
    return () => this.#listeners.delete(to);
  }

  #take(event: MessageEvent<string>): void {
    let message: LiveMessage;
    try {
      message = JSON.parse(event.data) as LiveMessage;
    } catch {
      return;
    }
    this.#position = message.position;
    this.#tell(message);
  }

  #tell(message: LiveMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}

export const live = new Live();

/** For a component: calls `then` soon after messages that matter, once for a burst of them. */
export function onLive(matters: (message: LiveMessage) => boolean, then: () => void, pause = 1500): void {
  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen((message) => {
      if (timer !== undefined || !(message.type === RESET || matters(message))) return;
      timer = setTimeout(() => {
        timer = undefined;
        then();
      }, pause);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}
