import type { Evaluation } from "../domain/decision/compose.ts";

/** Compiled policies. */
export interface PolicyModule {
  /** Names them in questions: digest of the bundle they are part of. */
  readonly digest: string;
  /** WebAssembly as `opa build -t wasm` makes it, with the entrypoint `andon/decision/result`. */
  readonly wasm: Uint8Array;
}

/** What Rego sees as `data`. */
export interface PolicyData {
  /** Two documents with the same digest are the same. */
  readonly digest: string;
  readonly json: string;
}

export interface PolicyQuestion {
  readonly policy: string;
  readonly data: PolicyData;
  /** What Rego sees as `input`: a JSON object. */
  readonly input: string;
}

export type LoadedModule =
  | { readonly kind: "loaded" }
  /** It is not a policy module, needs a built-in function that is not there, or lacks the entrypoint. `reason` says which. */
  | { readonly kind: "unusable"; readonly reason: string };

export interface EngineStatus {
  readonly modules: number;
  /** Instances that are ready, and the bytes of their memories. */
  readonly instances: number;
  readonly bytes: number;
  readonly evaluations: number;
  readonly failures: number;
  /** Instances that were replaced because they had served long, had grown, or had failed. */
  readonly recycled: number;
  readonly slowestUs: number;
}

/**
 * Evaluates policies. Answers are a function of module, data and input: an engine MUST NOT carry anything over from one
 * evaluation to the next, whatever happened in it.
 *
 * `evaluate` answers every question, in their order, and MUST NOT reject: whatever goes wrong is an `engine_failed`, so
 * that the decision it was asked for can be recorded as denied. It MUST bound the memory and the size of the input of an
 * evaluation, MUST say `wrong_result` for a result that is not of the form of `PolicyResult`, and MUST NOT let a policy
 * reach files, the network, the clock or this process' output.
 */
export interface PolicyEngine extends AsyncDisposable {
  /** Idempotent. A module that cannot be used leaves the engine as it was. */
  load(module: PolicyModule): Promise<LoadedModule>;
  /** Frees what a module takes. Questions about it fail from now on. */
  unload(digest: string): Promise<void>;
  evaluate(questions: readonly PolicyQuestion[]): Promise<readonly Evaluation[]>;
  status(): Promise<EngineStatus>;
}
