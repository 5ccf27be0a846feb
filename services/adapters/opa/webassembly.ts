/** A compiled module: opaque, and can be handed to another thread. */
export interface WasmModule {
  readonly __module: unique symbol;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssembly {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<WasmModule>;
  readonly Module: {
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[];
    exports(module: WasmModule): readonly { readonly name: string }[];
  };
}

/** What is used of it. TypeScript declares WebAssembly only together with everything that browsers have. */
export const { compile, Module } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly;
