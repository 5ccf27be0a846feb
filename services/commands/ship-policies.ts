import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readPolicies } from "../kit/read-policies.ts";
import { policyTools } from "../wiring/policy-tools.ts";

const folder = join(import.meta.dirname, "..", "..", "policies");
/** What a new installation starts with. Not signed: each installation does that with its own key. */
export const SHIPPED = join(folder, "shipped.tar.gz");

/** Compiles the shipped policies and puts their settings and pages beside them. */
export async function shippedBundle(): Promise<Uint8Array> {
  await using compiler = policyTools.openPolicyCompiler();
  const answer = await compiler.build(await readPolicies(folder), { entrypoints: ["andon/decision/result"] });
  if (answer.kind === "refused") {
    const [problem] = answer.problems;
    throw new Error(`The policies do not compile: ${problem?.file}:${problem?.line} ${problem?.message}`);
  }
  const more = new Map<string, Uint8Array>();
  for await (const path of glob("*/{settings.json,*.md}", { cwd: folder })) {
    if (!path.startsWith("toolchain/")) more.set(path, await readFile(join(folder, path)));
  }
  return policyTools.assembleBundle(answer.value.bundle, more);
}

if (import.meta.main) {
  const bytes = await shippedBundle();
  await writeFile(SHIPPED, bytes);
  process.stdout.write(`${SHIPPED}: ${bytes.length} bytes, ${policyTools.digestOfFiles(await policyTools.unpackBundle(bytes))}\n`);
}
