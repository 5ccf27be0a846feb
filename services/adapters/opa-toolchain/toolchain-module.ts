import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { compile, type WasmModule } from "./webassembly.ts";

const folder = new URL("../../../policies/toolchain/", import.meta.url);
const LARGEST = 128 * 1024 * 1024;
const decompress = promisify(brotliDecompress);

/** The script with which Go's WebAssembly talks to JavaScript; of the same Go release as the module. */
export const goRuntime = new URL("wasm_exec.js", folder).href;

let compiled: Promise<WasmModule> | undefined;

/** OPA's toolchain, compiled once per process however many threads run it. */
export function toolchainModule(): Promise<WasmModule> {
  compiled ??= load().catch((error: unknown) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

async function load(): Promise<WasmModule> {
  const record = JSON.parse(await readFile(new URL("toolchain.json", folder), "utf8")) as { readonly wasm: string };
  const wasm = await decompress(await readFile(new URL("toolchain.wasm.br", folder)), { maxOutputLength: LARGEST });
  const digest = createHash("sha256").update(wasm).digest("hex");
  if (digest !== record.wasm) {
    throw new Error("policies/toolchain/toolchain.wasm.br is not what toolchain.json says: run policies/toolchain/build.sh");
  }
  return compile(wasm);
}
