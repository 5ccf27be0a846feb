import { DECISION_LIMITS } from "../../../schemas/decision.ts";

/** Bytes of one page of WebAssembly memory. */
export const PAGE_BYTES = 64 * 1024;

/** See README.md for how these were measured. */
export const LIMITS = {
  inputBytes: DECISION_LIMITS.inputBytes,
  dataBytes: DECISION_LIMITS.dataBytes,
  /**
   * Pages that one evaluation may use. OPA's evaluator takes new memory with almost every step and frees nothing before it
   * is through, so this bounds its time too, which nothing else does within a thread.
   */
  memoryPages: 512,
  /** An instance of more bytes than this is replaced after the evaluation that made it grow: memories never shrink. */
  keptBytes: 4 * 1024 * 1024,
  /** Evaluations after which an instance is replaced, whatever it looks like. */
  servedMost: 100_000,
  /** Instances that are kept ready. */
  instances: 64,
  /** Bytes of a module. The shipped policies are a tenth of it. */
  moduleBytes: 8 * 1024 * 1024,
} as const;
