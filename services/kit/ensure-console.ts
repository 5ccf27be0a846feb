import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

const SOURCES = [
  "src",
  "messages",
  "static",
  "package.json",
  "svelte.config.js",
  "vite.config.ts",
  "tsconfig.json",
  "project.inlang/settings.json",
];

/**
 * Builds the console unless the last build was made from exactly these sources and packages.
 * @returns whether it had to be built
 * @throws Error with the end of the build's output when it fails
 */
export async function ensureConsole(root: string, progress: (line: string) => void): Promise<boolean> {
  const folder = join(root, "dashboards");
  const stamp = join(folder, "build", ".sources");
  const digest = await digestOf(root, folder);
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return false;
  progress("building the console (once after every change, about 20 seconds) ...");
  await run(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], folder);
  await writeFile(stamp, digest);
  return true;
}

async function digestOf(root: string, folder: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(root, "package-lock.json")));
  for (const source of SOURCES) {
    for (const file of await filesBelow(join(folder, source))) {
      if (!file.includes("/lib/paraglide/")) hash.update(file).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => null);
  if (entries === null) return (await readFile(path).catch(() => null)) === null ? [] : [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
