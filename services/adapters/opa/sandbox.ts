import { Worker } from "node:worker_threads";
import type { EngineFailure, Evaluation } from "../../domain/decision/compose.ts";
import type { EngineStatus, LoadedModule, PolicyEngine, PolicyModule, PolicyQuestion } from "../../ports/policy-engine.ts";
import type { Answer, Asked, Call } from "./sandbox-thread.ts";

export interface SandboxOptions {
  /** What one evaluation may take. */
  readonly deadlineMs?: number;
}

/** A module that was too slow this often is not tried again until it is loaded again. */
const STRIKES = 3;
const LOAD_MS = 30_000;
const THREAD = new URL("./sandbox-thread.ts", import.meta.url);

type Died = { readonly kind: "died"; readonly cause: EngineFailure; readonly at: number };
type Answered = { readonly kind: "answered"; readonly value: unknown };

/**
 * Evaluates in a thread of its own, which is ended when an evaluation takes too long: for policies that were not tried
 * yet, and for inputs that are large. Costs a message there and back, so questions are best asked many at once.
 */
export const openOpaSandbox = ({ deadlineMs = 1_000 }: SandboxOptions = {}): PolicyEngine => new OpaSandbox(deadlineMs);

class OpaSandbox implements PolicyEngine {
  readonly #deadlineMs: number;
  readonly #modules = new Map<string, { readonly module: PolicyModule; strikes: number }>();
  readonly #progress = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #calls = 0;
  #closed = false;
  #before = { evaluations: 0, failures: 0, recycled: 0, slowestUs: 0 };
  #now: EngineStatus = { ...this.#before, modules: 0, instances: 0, bytes: 0 };

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  load(module: PolicyModule): Promise<LoadedModule> {
    return this.#inTurn(async () => {
      if (this.#closed) return { kind: "unusable", reason: "the engine is closed" };
      const loaded = await this.#ask({ load: module }, LOAD_MS);
      if (loaded.kind === "died") return { kind: "unusable", reason: "it takes too long to compile" };
      const answer = loaded.value as LoadedModule;
      if (answer.kind === "loaded") this.#modules.set(module.digest, { module, strikes: 0 });
      return answer;
    });
  }

  unload(digest: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#modules.delete(digest)) await this.#ask({ unload: digest }, LOAD_MS);
    });
  }

  evaluate(questions: readonly PolicyQuestion[]): Promise<readonly Evaluation[]> {
    return this.#inTurn(async () => {
      const answers: Evaluation[] = [];
      while (answers.length < questions.length) answers.push(...(await this.#some(questions.slice(answers.length))));
      return answers;
    });
  }

  async status(): Promise<EngineStatus> {
    const { evaluations, failures, recycled, slowestUs } = this.#before;
    const { instances, bytes } = this.#now;
    return {
      modules: this.#modules.size,
      instances,
      bytes,
      evaluations: evaluations + this.#now.evaluations,
      failures: failures + this.#now.failures,
      recycled: recycled + this.#now.recycled,
      slowestUs: Math.max(slowestUs, this.#now.slowestUs),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#modules.clear();
    await this.#stop();
  }

  /** Answers to the first questions, at least to one. */
  async #some(questions: readonly PolicyQuestion[]): Promise<readonly Evaluation[]> {
    const [first] = questions as readonly [PolicyQuestion];
    if (this.#closed) return [failed("closed", "the engine is closed")];
    if ((this.#modules.get(first.policy)?.strikes ?? 0) >= STRIKES) {
      return [failed("too_slow", `it was too slow ${STRIKES} times and is not tried any more`)];
    }
    const asked = await this.#ask({ evaluate: questions }, this.#deadlineMs);
    if (asked.kind === "answered") {
      const { answers, status } = asked.value as { readonly answers: readonly Evaluation[]; readonly status: EngineStatus };
      this.#now = status;
      return answers;
    }
    this.#count();
    if (this.#closed) return [failed("closed", "the engine is closed")];
    // Those before it were quick; they are asked again, and it is not.
    const before = asked.at > 0 ? await this.#some(questions.slice(0, asked.at)) : [];
    const stuck = questions[asked.at] as PolicyQuestion;
    const module = this.#modules.get(stuck.policy);
    if (module) module.strikes += 1;
    return before.length < asked.at ? before : [...before, failed(asked.cause, `an evaluation may take ${this.#deadlineMs} ms`)];
  }

  async #ask(asked: Asked, patienceMs: number): Promise<Answered | Died> {
    return this.#exchange(this.#worker ?? (await this.#start()), asked, patienceMs);
  }

  /** Waits for as long as there is progress. */
  async #exchange(worker: Worker, asked: Asked, patienceMs: number): Promise<Answered | Died> {
    const { promise, resolve } = Promise.withResolvers<Answered | Died>();
    Atomics.store(this.#progress, 0, 0);
    let at = 0;
    let since = performance.now();
    const watch = setInterval(
      () => {
        const reached = Atomics.load(this.#progress, 0);
        if (reached !== at) {
          at = reached;
          since = performance.now();
        } else if (performance.now() - since >= patienceMs) resolve({ kind: "died", cause: "too_slow", at });
      },
      Math.min(50, patienceMs / 4),
    );
    const ended = (): void => resolve({ kind: "died", cause: "out_of_memory", at: Atomics.load(this.#progress, 0) });
    const mine = ++this.#calls;
    const answered = ({ call, value }: Answer): void => {
      if (call === mine) resolve({ kind: "answered", value });
    };
    worker.on("message", answered).on("exit", ended);
    worker.postMessage({ call: mine, asked } satisfies Call);
    const outcome = await promise;
    clearInterval(watch);
    worker.off("message", answered).off("exit", ended);
    if (outcome.kind === "died") await this.#stop();
    return outcome;
  }

  /** A new thread knows what the one before it knew. */
  async #start(): Promise<Worker> {
    const worker = new Worker(THREAD, {
      workerData: { progress: this.#progress },
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    worker.unref();
    // Out of memory arrives as an error before the exit that says so.
    worker.on("error", () => {});
    this.#worker = worker;
    for (const { module } of this.#modules.values()) await this.#exchange(worker, { load: module }, LOAD_MS);
    return worker;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  /** The thread's figures, before it is gone. */
  #count(): void {
    const { evaluations, failures, recycled, slowestUs } = this.#before;
    this.#before = {
      evaluations: evaluations + this.#now.evaluations + 1,
      failures: failures + this.#now.failures + 1,
      recycled: recycled + this.#now.recycled + this.#now.instances,
      slowestUs: Math.max(slowestUs, this.#now.slowestUs, this.#deadlineMs * 1000),
    };
    this.#now = { modules: 0, instances: 0, bytes: 0, evaluations: 0, failures: 0, recycled: 0, slowestUs: 0 };
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

const failed = (cause: EngineFailure, detail: string): Evaluation => ({ kind: "engine_failed", cause, detail });
