import type { Evaluation } from "../../domain/decision/compose.ts";
import type { EngineStatus, LoadedModule, PolicyData, PolicyEngine, PolicyModule, PolicyQuestion } from "../../ports/policy-engine.ts";
import { Instance } from "./instance.ts";
import { LIMITS } from "./limits.ts";
import { type CompiledModule, compileModule } from "./module.ts";

type Compiled = Extract<CompiledModule, { kind: "compiled" }>;

/**
 * Evaluates in this thread, in microseconds. For policies that have been tested and tried on recorded decisions; others
 * belong into the sandbox, because nothing can interrupt an evaluation here: only its memory ends it.
 */
export const openOpaEngine = (): PolicyEngine => new OpaEngine();

class OpaEngine implements PolicyEngine {
  readonly #modules = new Map<string, Compiled>();
  /** By module and data, in the order of their use. */
  readonly #instances = new Map<string, Instance>();
  readonly #figures = { evaluations: 0, failures: 0, recycled: 0, slowestUs: 0 };
  #closed = false;

  async load({ digest, wasm }: PolicyModule): Promise<LoadedModule> {
    if (this.#closed) return { kind: "unusable", reason: "the engine is closed" };
    if (this.#modules.has(digest)) return { kind: "loaded" };
    const compiled = await compileModule(wasm);
    if (compiled.kind === "unusable") return compiled;
    this.#modules.set(digest, compiled);
    return { kind: "loaded" };
  }

  async unload(digest: string): Promise<void> {
    this.#modules.delete(digest);
    for (const key of this.#instances.keys()) if (key.startsWith(`${digest} `)) this.#instances.delete(key);
  }

  async evaluate(questions: readonly PolicyQuestion[]): Promise<readonly Evaluation[]> {
    return questions.map((question) => this.#evaluate(question));
  }

  async status(): Promise<EngineStatus> {
    const bytes = [...this.#instances.values()].reduce((sum, instance) => sum + instance.bytes, 0);
    return { ...this.#figures, modules: this.#modules.size, instances: this.#instances.size, bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#modules.clear();
    this.#instances.clear();
  }

  #evaluate(question: PolicyQuestion): Evaluation {
    const started = performance.now();
    const answer = this.#answer(question);
    this.#figures.evaluations += 1;
    if (answer.kind === "engine_failed") this.#figures.failures += 1;
    this.#figures.slowestUs = Math.max(this.#figures.slowestUs, Math.round((performance.now() - started) * 1000));
    return answer;
  }

  #answer({ policy, data, input }: PolicyQuestion): Evaluation {
    if (this.#closed) return failed("closed", "the engine is closed");
    const module = this.#modules.get(policy);
    if (!module) return failed("not_loaded", "no policies with this digest are loaded");
    const unfit = unfitness(input, LIMITS.inputBytes);
    if (unfit !== null) return failed("unfit_input", unfit);
    const key = `${policy} ${data.digest}`;
    const instance = this.#take(key) ?? makeInstance(module, data);
    if (typeof instance === "string") return failed("unfit_input", instance);
    const answer = instance.evaluate(input);
    this.#keep(key, instance);
    return answer;
  }

  #take(key: string): Instance | undefined {
    const instance = this.#instances.get(key);
    this.#instances.delete(key);
    return instance;
  }

  #keep(key: string, instance: Instance): void {
    if (instance.worn) {
      this.#figures.recycled += 1;
      return;
    }
    this.#instances.set(key, instance);
    if (this.#instances.size > LIMITS.instances) this.#instances.delete(this.#instances.keys().next().value as string);
  }
}

/** An instance with its data, or why there can be none. */
function makeInstance({ module, entrypoint }: Compiled, { json }: PolicyData): Instance | string {
  const unfit = unfitness(json, LIMITS.dataBytes);
  if (unfit !== null) return unfit;
  try {
    return new Instance(module, entrypoint, json);
  } catch {
    return "the data fills the memory an evaluation may use";
  }
}

/** OPA takes what is not JSON for a missing input, and with that most rules object to nothing. */
function unfitness(json: string, most: number): string | null {
  // A character is at most three bytes.
  if (json.length * 3 > most && Buffer.byteLength(json) > most) return `input or data have more than ${most} bytes`;
  if (!json.startsWith("{")) return "input and data must be JSON objects";
  try {
    JSON.parse(json);
    return null;
  } catch {
    return "input or data are not JSON";
  }
}

const failed = (cause: Extract<Evaluation, { kind: "engine_failed" }>["cause"], detail: string): Evaluation => ({
  kind: "engine_failed",
  cause,
  detail,
});
