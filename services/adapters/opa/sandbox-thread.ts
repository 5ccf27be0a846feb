import { parentPort, workerData } from "node:worker_threads";
import type { PolicyModule, PolicyQuestion } from "../../ports/policy-engine.ts";
import { openOpaEngine } from "./engine.ts";

export type Asked = { readonly load: PolicyModule } | { readonly unload: string } | { readonly evaluate: readonly PolicyQuestion[] };
export type Call = { readonly call: number; readonly asked: Asked };
export type Answer = { readonly call: number; readonly value: unknown };

/** Evaluates in a thread of its own that may be ended at any moment. `progress` counts the evaluations of the current call. */
const { progress } = workerData as { readonly progress: Int32Array };
const engine = openOpaEngine();

parentPort?.on("message", ({ call, asked }: Call) => {
  void answer(asked).then((value) => parentPort?.postMessage({ call, value } satisfies Answer));
});

async function answer(asked: Asked): Promise<unknown> {
  if ("load" in asked) return engine.load(asked.load);
  if ("unload" in asked) return engine.unload(asked.unload);
  const answers = [];
  for (const [nth, question] of asked.evaluate.entries()) {
    Atomics.store(progress, 0, nth);
    answers.push(...(await engine.evaluate([question])));
  }
  return { answers, status: await engine.status() };
}
