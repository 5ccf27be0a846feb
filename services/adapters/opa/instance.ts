import type { EngineFailure, Evaluation } from "../../domain/decision/compose.ts";
import { readResult } from "../../domain/decision/policy-result.ts";
import { LIMITS, PAGE_BYTES } from "./limits.ts";
import { instantiate, type Loaded } from "./module.ts";
import type { WasmModule } from "./webassembly.ts";

const encoder = new TextEncoder();

/**
 * A module with one set of data, ready to answer. An evaluation that was aborted leaves the module's memory as it was in
 * that moment, and later answers could be wrong without any error: from then on the instance is spoiled.
 */
export class Instance {
  readonly #loaded: Loaded;
  readonly #entrypoint: number;
  #served = 0;
  #spoiled = false;

  /** @throws when the data does not fit into the memory */
  constructor(module: WasmModule, entrypoint: number, data: string) {
    this.#loaded = instantiate(module);
    this.#entrypoint = entrypoint;
    this.#loaded.setData(bytesOf(data));
  }

  evaluate(input: string): Evaluation {
    this.#served += 1;
    try {
      const results = this.#loaded.evaluate(bytesOf(input), this.#entrypoint) as readonly { readonly result: unknown }[];
      return readResult(results[0]?.result);
    } catch (error) {
      this.#spoiled = true;
      return { kind: "engine_failed", ...causeOf(error) };
    }
  }

  get bytes(): number {
    return this.#loaded.mem.buffer.byteLength;
  }

  /** Whether another should take its place before the next evaluation. */
  get worn(): boolean {
    return this.#spoiled || this.#served >= LIMITS.servedMost || this.bytes > LIMITS.keptBytes;
  }
}

/** The driver takes memory of its own and nothing around it. */
function bytesOf(text: string): ArrayBuffer {
  const bytes = encoder.encode(text);
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

/** What the driver throws is a text of OPA's, an object of its own or an error of the engine; some quote the input. */
function causeOf(error: unknown): { readonly cause: EngineFailure; readonly detail: string } {
  const text = typeof error === "string" ? error : error instanceof Error ? error.message : "";
  if (/opa_malloc|memory\.grow|maximum memory/i.test(text)) {
    return { cause: "out_of_memory", detail: `an evaluation may use ${(LIMITS.memoryPages * PAGE_BYTES) / 1024 / 1024} MiB` };
  }
  const kind = error instanceof Error ? error.name : typeof error === "string" ? "the policy aborted" : "a built-in function is missing";
  return { cause: "trapped", detail: kind };
}
