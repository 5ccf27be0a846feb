import { hash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "./run.ts";

export interface ToolchainCheck {
  /** What is wrong and how to put it right; null when nothing is. */
  readonly fault: string | null;
  /** How far the check went. */
  readonly line: string;
}

interface Recorded {
  readonly sources: string;
  readonly wasm: string;
}

const REBUILD = "run policies/toolchain/build.sh and commit what it writes";

/**
 * Whether the committed policy toolchain is the one that its sources give: by the recorded digests everywhere, and by building
 * it again where the pinned Go is. What was rebuilt once on this machine is not rebuilt before something changes.
 */
export async function checkToolchain(root: string, env: NodeJS.ProcessEnv = process.env): Promise<ToolchainCheck> {
  const folder = join(root, "policies", "toolchain");
  const recorded = JSON.parse(await readFile(join(folder, "toolchain.json"), "utf8")) as Recorded;
  if ((await digestOfSources(folder)) !== recorded.sources) {
    return { fault: `policies/toolchain was changed after it was built: ${REBUILD}`, line: "stale" };
  }
  const runtime = await readFile(join(folder, "wasm_exec.js"));
  const done = join(root, ".tools", "toolchain-rebuilt");
  const proven = hash("sha256", JSON.stringify([recorded, hash("sha256", runtime)]));
  if ((await readFile(done, "utf8").catch(() => "")) === proven) return { fault: null, line: "rebuilt here before, with the same bytes" };

  const fetched = await attempt("go", ["mod", "download"], folder, env).catch(() => null);
  if (!fetched) return { fault: null, line: "not rebuilt: there is no Go here" };
  if (fetched.code !== 0) return { fault: null, line: "not rebuilt: Go cannot fetch the modules" };
  const target = await mkdtemp(join(tmpdir(), "andon-toolchain-"));
  try {
    const { code, output } = await attempt("sh", [join(folder, "build.sh"), target], folder, env);
    if (code === 3) return { fault: null, line: "not rebuilt: this Go is another release than go.mod asks for" };
    if (code !== 0) return { fault: `the policy toolchain does not build:\n${output}`, line: "not built" };
    const wasm = hash("sha256", await readFile(join(target, "toolchain.wasm")));
    const same = wasm === recorded.wasm && (await readFile(join(target, "wasm_exec.js"))).equals(runtime);
    if (!same) return { fault: `a rebuild gives other bytes than policies/toolchain holds: ${REBUILD}`, line: "other bytes" };
    await mkdir(join(root, ".tools"), { recursive: true });
    await writeFile(done, proven);
    return { fault: null, line: "a rebuild gives the same bytes" };
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

/** The same as pack.mjs computes when it records them. */
async function digestOfSources(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /\.go$|^go\.(mod|sum)$|^builtins\.txt$/.test(name)).sort();
  return hash("sha256", Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name))))));
}
