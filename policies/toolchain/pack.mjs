// Called by build.sh: compresses the module, and records what it was made of, so that a stale one is noticed without Go.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const wasm = readFileSync(process.argv[2]);
const names = readdirSync(".").filter((name) => /\.go$|^go\.(mod|sum)$|^builtins\.txt$/.test(name));
const sources = createHash("sha256");
for (const name of names.sort()) sources.update(readFileSync(name));
const module = readFileSync("go.mod", "utf8");
const params = {
  [constants.BROTLI_PARAM_QUALITY]: Number(process.env.QUALITY ?? 11),
  [constants.BROTLI_PARAM_LGWIN]: 24,
  [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
};
const record = {
  opa: /open-policy-agent\/opa (\S+)/.exec(module)[1],
  go: /^toolchain (\S+)/m.exec(module)[1],
  sources: sources.digest("hex"),
  wasm: createHash("sha256").update(wasm).digest("hex"),
};
writeFileSync("toolchain.wasm.br", brotliCompressSync(wasm, { params }));
writeFileSync("toolchain.json", `${JSON.stringify(record, null, 2)}\n`);
