import type { Evaluation } from "../../domain/decision/compose.ts";
import type { EngineStatus, LoadedModule, PolicyEngine, PolicyModule, PolicyQuestion } from "../../ports/policy-engine.ts";
import { openOpaEngine } from "./engine.ts";
import { openOpaSandbox, type SandboxOptions } from "./sandbox.ts";

export interface GuardOptions extends SandboxOptions {
  /** Larger inputs are evaluated apart: the work of a rule may grow with the square of what it looks at. */
  readonly largeInput?: number;
  /** A module that held up this thread for so long is evaluated apart from then on. */
  readonly slowMs?: number;
}

/**
 * For the policies that are in force: an ordinary question is answered in this thread, in microseconds; a large input, or
 * policies that were slow once, go where the evaluation can be ended.
 */
export function openGuardedEngine({ deadlineMs = 1_000, largeInput = 32 * 1024, slowMs = 100 }: GuardOptions = {}): PolicyEngine {
  const here = openOpaEngine();
  const apart = openOpaSandbox({ deadlineMs });
  const slow = new Set<string>();

  async function answer(questions: readonly PolicyQuestion[]): Promise<readonly Evaluation[]> {
    const answers = new Array<Evaluation>(questions.length);
    const moved: number[] = [];
    for (const [nth, question] of questions.entries()) {
      if (question.input.length > largeInput || slow.has(question.policy)) moved.push(nth);
      else answers[nth] = await timed(question);
    }
    if (moved.length === 0) return answers;
    const theirs = await apart.evaluate(moved.map((nth) => questions[nth] as PolicyQuestion));
    for (const [at, nth] of moved.entries()) answers[nth] = theirs[at] as Evaluation;
    return answers;
  }

  async function timed(question: PolicyQuestion): Promise<Evaluation> {
    // The processor's time, not the clock's: on a busy machine every policy would look slow.
    const before = process.threadCpuUsage();
    const [evaluation] = await here.evaluate([question]);
    if (process.threadCpuUsage(before).user > slowMs * 1000) slow.add(question.policy);
    return evaluation as Evaluation;
  }

  return {
    async load(module: PolicyModule): Promise<LoadedModule> {
      const loaded = await here.load(module);
      if (loaded.kind === "unusable") return loaded;
      slow.delete(module.digest);
      return apart.load(module);
    },
    async unload(digest) {
      slow.delete(digest);
      await Promise.all([here.unload(digest), apart.unload(digest)]);
    },
    evaluate: answer,
    async status(): Promise<EngineStatus> {
      const [near, far] = await Promise.all([here.status(), apart.status()]);
      return {
        modules: near.modules,
        instances: near.instances + far.instances,
        bytes: near.bytes + far.bytes,
        evaluations: near.evaluations + far.evaluations,
        failures: near.failures + far.failures,
        recycled: near.recycled + far.recycled,
        slowestUs: Math.max(near.slowestUs, far.slowestUs),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([here[Symbol.asyncDispose](), apart[Symbol.asyncDispose]()]);
    },
  };
}
