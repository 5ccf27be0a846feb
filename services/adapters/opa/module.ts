import * as opa from "@open-policy-agent/opa-wasm";
import { LIMITS } from "./limits.ts";
import { compile, Module, type WasmMemory, type WasmModule } from "./webassembly.ts";

/** What the driver makes of a module: one memory, one set of data. */
export interface Loaded {
  readonly mem: WasmMemory;
  readonly entrypoints: Readonly<Record<string, number>>;
  readonly wasmInstance: { readonly exports: Readonly<Record<string, (...given: number[]) => number>> };
  setData(json: ArrayBuffer): void;
  evaluate(json: ArrayBuffer, entrypoint: number): unknown;
}

interface Driver {
  loadPolicySync(module: WasmModule, memory: { readonly initial: number; readonly maximum: number }): Loaded;
}

/** The package's types describe its CommonJS file; what is imported is the default export of the other. */
const { loadPolicySync } = (opa as unknown as { readonly default: Driver }).default;

/** A module compiled as `opa build -t wasm` does it imports these and nothing else: it cannot print, and reaches nothing. */
const IMPORTS = new Set(["memory", "opa_abort", "opa_builtin0", "opa_builtin1", "opa_builtin2", "opa_builtin3", "opa_builtin4"]);
const EXPORTS = ["opa_wasm_abi_version", "opa_wasm_abi_minor_version", "opa_eval", "opa_json_dump", "builtins", "entrypoints"];
/**
 * What the driver does in JavaScript and is safe. Of the others, `regex.split` could be made to backtrack for ever, and
 * `sprintf` keeps every format it ever saw; our compiler takes none of them.
 */
const BUILTINS = new Set(["json.is_valid"]);
const ENTRYPOINT = "andon/decision/result";

export type CompiledModule =
  | { readonly kind: "compiled"; readonly module: WasmModule; readonly entrypoint: number }
  | { readonly kind: "unusable"; readonly reason: string };

/** Compiles a module and looks at what it needs. Never throws. */
export async function compileModule(wasm: Uint8Array): Promise<CompiledModule> {
  if (wasm.length > LIMITS.moduleBytes) return unusable(`it has ${wasm.length} bytes, and a module may have ${LIMITS.moduleBytes}`);
  try {
    const module = await compile(Uint8Array.from(wasm));
    const foreign = Module.imports(module).find(({ name }) => !IMPORTS.has(name));
    if (foreign) return unusable("it imports functions that OPA's compiler does not use");
    const exported = new Set(Module.exports(module).map(({ name }) => name));
    const lacking = EXPORTS.find((name) => !exported.has(name));
    if (lacking !== undefined) return unusable(`it does not export ${lacking}, as modules of OPA's compiler do`);
    const loaded = instantiate(module);
    const missing = builtinsOf(loaded).find((name) => !BUILTINS.has(name));
    if (missing !== undefined) return unusable(`it uses the built-in function ${missing.slice(0, 60)}, which is not available here`);
    const entrypoint = loaded.entrypoints[ENTRYPOINT];
    if (entrypoint === undefined) return unusable(`it has no entrypoint ${ENTRYPOINT}`);
    return { kind: "compiled", module, entrypoint };
  } catch (error) {
    return unusable(`it is not WebAssembly made by OPA's compiler (${error instanceof Error ? error.name : "it aborts at the start"})`);
  }
}

const unusable = (reason: string): CompiledModule => ({ kind: "unusable", reason });

/** @throws when the module cannot start within the memory an evaluation may have */
export const instantiate = (module: WasmModule): Loaded => loadPolicySync(module, { initial: 8, maximum: LIMITS.memoryPages });

/** Names of the functions a module wants from outside: a JSON object in its memory, ended by a zero byte. */
function builtinsOf({ mem, wasmInstance: { exports } }: Loaded): readonly string[] {
  const at = exports["opa_json_dump"]?.(exports["builtins"]?.() ?? 0) ?? 0;
  const memory = new Uint8Array(mem.buffer);
  const text = new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
  return Object.keys(JSON.parse(text) as Record<string, number>);
}
