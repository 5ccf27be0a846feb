import { Worker } from "node:worker_threads";

/** What a thread can be asked: name to [question, answer]. */
export type Calls = Record<string, readonly [question: unknown, answer: unknown]>;

export interface Question {
  readonly call: number;
  readonly name: string;
  readonly question: unknown;
}

export type Answer = { readonly call: number } & ({ readonly answer: unknown } | { readonly error: Error });

/** The first message of a thread says whether it could start; all others are answers. */
export type Message = { readonly started: true } | { readonly failed: Error } | Answer;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** A database in a thread of its own: a commit waits for the disk, and the event loop must not. */
export class Thread<Spoken extends Calls> {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #calls = 0;
  #closed = false;
  #broken: Error | null = null;

  private constructor(name: string, module: URL, settings: unknown) {
    this.#name = name;
    this.#worker = new Worker(module, { workerData: settings });
    this.#worker.on("message", (message: Message) => this.#onMessage(message));
    this.#worker.on("error", (error: Error) => this.#break(error));
    this.#worker.on("exit", () => {
      this.#break(new Error(`${this.#name} has ended`));
      this.#ended.resolve();
    });
  }

  /** Resolves once the thread has opened what it works on. */
  static async start<Spoken extends Calls>(name: string, module: URL, settings: unknown): Promise<Thread<Spoken>> {
    const thread = new Thread<Spoken>(name, module, settings);
    await thread.#started.promise;
    return thread;
  }

  ask<Name extends keyof Spoken & string>(
    name: Name,
    question: Spoken[Name][0],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Spoken[Name][1]> {
    if (this.#closed) return Promise.reject(new Error(`${this.#name} is closed`));
    if (this.#broken) return Promise.reject(new Error(`${this.#name} broke down earlier: open it again`, { cause: this.#broken }));
    const call = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<Spoken[Name][1]>();
    this.#waiting.set(call, { resolve: resolve as (answer: never) => void, reject });
    this.#worker.postMessage({ call, name, question } satisfies Question, [...transfer]);
    return promise;
  }

  /** Answers what was asked before, then ends. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#worker.postMessage("close");
    }
    await this.#ended.promise;
  }

  #onMessage(message: Message): void {
    if ("started" in message) this.#started.resolve();
    else if ("failed" in message) this.#started.reject(message.failed);
    else this.#onAnswer(message);
  }

  #onAnswer(message: Answer): void {
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if ("error" in message) waiting?.reject(message.error);
    else waiting?.resolve(message.answer as never);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#started.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
