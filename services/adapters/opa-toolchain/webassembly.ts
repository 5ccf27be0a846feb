/** A compiled module: opaque, and can be handed to another thread. */
export interface WasmModule {
  readonly __module: unique symbol;
}

export interface WasmInstance {
  readonly exports: { readonly mem: { readonly buffer: ArrayBuffer } };
}

interface WebAssembly {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (module: WasmModule, imports: object) => WasmInstance;
}

/** What is used of it. TypeScript declares WebAssembly only together with everything that browsers have. */
export const { compile, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly;
