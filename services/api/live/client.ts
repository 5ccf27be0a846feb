/** Unsent bytes after which a reader counts as too slow: minutes of a busy platform. */
const MOST_WAITING = 1024 * 1024;

/** One open connection. Bytes are shared between all clients and never copied. */
export class LiveClient {
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #pulled: () => void = () => {};
  readonly #closed = Promise.withResolvers<void>();

  constructor() {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pulled(),
        cancel: () => this.#end(),
      },
      { highWaterMark: MOST_WAITING, size: (chunk) => chunk.byteLength },
    );
  }

  get open(): boolean {
    return this.#controller !== null;
  }

  /** Resolves when the connection is over, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** A client that cannot keep up is let go: it reconnects and reads what it missed from the store. */
  send(bytes: Uint8Array): void {
    if (!this.#controller || bytes.length === 0) return;
    if ((this.#controller.desiredSize ?? 0) <= 0) this.close();
    else this.#controller.enqueue(bytes);
  }

  /** Resolves when most of what was sent is on its way, or the connection is over. */
  async drained(): Promise<void> {
    while (this.#controller && (this.#controller.desiredSize ?? 0) < MOST_WAITING / 2) {
      await new Promise<void>((resolve) => {
        this.#pulled = resolve;
        void this.#closed.promise.then(resolve);
      });
    }
  }

  close(): void {
    const controller = this.#controller;
    this.#end();
    controller?.close();
  }

  #end(): void {
    this.#controller = null;
    this.#closed.resolve();
  }
}
