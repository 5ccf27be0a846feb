import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { PolicyModule } from "../../ports/policy-engine.ts";

/** Compiled policies for tests, from `opa build -t wasm -e andon/decision/result NAME.rego`. */
export function readPolicy(name: "sample" | "fails"): PolicyModule {
  const wasm = brotliDecompressSync(readFileSync(join(import.meta.dirname, `${name}.wasm.br`)));
  return { digest: createHash("sha256").update(wasm).digest("hex"), wasm };
}
