import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { goRuntime, toolchainModule } from "./toolchain-module.ts";
import type { WasmModule } from "./webassembly.ts";

export interface ThreadSettings {
  readonly module: WasmModule;
  readonly runtime: string;
  readonly memoryBytes: number;
}

export type FromThread =
  | { readonly ready: true }
  /** JSON */
  | { readonly event: string }
  /** JSON, and the bytes of memory that are taken now. */
  | { readonly answer: string; readonly memory: number }
  /** What Go wrote when it ended. */
  | { readonly died: string };

/** Why there is no answer: the question asked for too much. */
export type Overrun = "too_slow" | "too_large" | "too_deep";

export interface Asked {
  /** From the question to the answer, or to the first event. */
  readonly patienceMs: number;
  readonly event?: (json: string) => void;
  /** From one event to the next. */
  readonly eventPatienceMs?: number;
}

export interface ToolchainLimits {
  readonly memoryBytes: number;
  /** Memory that WebAssembly took is given back only by starting again: beyond this, that happens after the answer. */
  readonly keptBytes: number;
  /** So long the thread stays after its last answer. */
  readonly idleMs: number;
}

/** Deep enough for what the parser reads, see `deepest` in the toolchain. */
const STACK_MB = 64;

/** OPA's toolchain in a thread of its own, started when it is first asked, one question after another. */
export class Toolchain implements AsyncDisposable {
  readonly #limits: ToolchainLimits;
  #worker: Promise<Worker> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #rest: NodeJS.Timeout | undefined;

  constructor(limits: ToolchainLimits) {
    this.#limits = limits;
  }

  /**
   * @returns the answer as JSON, or why the question was given up
   * @throws Error when the toolchain itself is broken
   */
  ask(question: string, asked: Asked): Promise<string | Overrun> {
    const answer = this.#last.then(() => this.#ask(question, asked));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#stop();
  }

  async #ask(question: string, { patienceMs, event, eventPatienceMs = patienceMs }: Asked): Promise<string | Overrun> {
    clearTimeout(this.#rest);
    const worker = await (this.#worker ?? this.#begin());
    worker.ref();
    const { promise, resolve, reject } = Promise.withResolvers<{ readonly answer: string; readonly memory: number } | Overrun>();
    const wait = (ms: number): NodeJS.Timeout => setTimeout(() => resolve("too_slow"), ms);
    let patience = wait(patienceMs);
    const hear = (message: FromThread): void => {
      clearTimeout(patience);
      patience = wait(eventPatienceMs);
      if ("answer" in message) resolve(message);
      else if ("died" in message) settle(message.died);
      else if ("event" in message) tell(message.event);
    };
    const tell = (json: string): void => {
      try {
        event?.(json);
      } catch (error) {
        reject(error);
      }
    };
    const settle = (words: string): void => {
      const overrun = overrunOf(words);
      if (overrun) resolve(overrun);
      else reject(new Error(`the policy toolchain ended: ${words.slice(0, 2_000)}`));
    };
    const broke = (error: Error): void => settle(`${error.name}: ${error.message}`);
    const left = (): void => settle("its thread ended without a word");
    worker.on("message", hear).on("error", broke).on("exit", left);
    try {
      worker.postMessage(question);
      const outcome = await promise;
      if (typeof outcome === "string") {
        await this.#stop();
        return outcome;
      }
      if (outcome.memory > this.#limits.keptBytes) await this.#stop();
      return outcome.answer;
    } catch (error) {
      await this.#stop();
      throw error;
    } finally {
      clearTimeout(patience);
      worker.off("message", hear).off("error", broke).off("exit", left);
      worker.unref();
      this.#rest = setTimeout(() => this.#stop(), this.#limits.idleMs).unref();
    }
  }

  /** A thread that could not start, or ended between two questions, is replaced by the next of them. */
  #begin(): Promise<Worker> {
    const starting = this.#start();
    const gone = (): void => {
      if (this.#worker === starting) this.#worker = null;
    };
    starting.then((worker) => worker.on("error", gone).on("exit", gone), gone);
    this.#worker = starting;
    return starting;
  }

  async #start(): Promise<Worker> {
    const settings: ThreadSettings = { module: await toolchainModule(), runtime: goRuntime, memoryBytes: this.#limits.memoryBytes };
    const worker = new Worker(new URL("./toolchain-thread.ts", import.meta.url), {
      workerData: settings,
      env: {},
      resourceLimits: { stackSizeMb: STACK_MB },
    });
    await once(worker, "message");
    return worker;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#rest);
    const stopping = this.#worker;
    this.#worker = null;
    const worker = await stopping?.catch(() => null);
    await worker?.terminate();
  }
}

/** Which limit the words of a dying thread speak of. */
function overrunOf(words: string): Overrun | null {
  if (/out of memory|Array buffer allocation failed/i.test(words)) return "too_large";
  if (/stack overflow|call stack size exceeded/i.test(words)) return "too_deep";
  return null;
}
