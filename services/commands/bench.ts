import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs benchmarks one after the other.
 * @param names files of bench/ without `.ts`; all of them when empty
 * @returns the exit code
 */
export async function bench(root: string, names: readonly string[], print: (line: string) => void): Promise<number> {
  const known = readdirSync(join(root, "bench"))
    .filter((file) => /^[a-z-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -3));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    print(`There is no benchmark "${unknown.join('", "')}". Benchmarks: ${known.join(", ")}.`);
    return 2;
  }
  let worst = 0;
  for (const name of names.length > 0 ? names : known) {
    print(`\n# ${name}`);
    const child = spawn(process.execPath, ["--expose-gc", join(root, "bench", `${name}.ts`)], { cwd: root, stdio: "inherit" });
    const code = await new Promise<number>((resolve) => child.once("exit", (status) => resolve(status ?? 1)));
    worst = Math.max(worst, code);
  }
  return worst;
}
