import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { PolicyFiles } from "../ports/policy-compiler.ts";

/** Folders that hold no policies: the compiler's own sources, hidden ones, packages. */
const SKIPPED = /^(toolchain|node_modules|\..*)$/;

/**
 * Reads the Rego files and data.json of a folder and the folders in it; links are not followed.
 * @throws Error when the folder is not there, or holds no Rego
 */
export async function readPolicies(folder: string): Promise<PolicyFiles> {
  const files = new Map<string, string>();
  await readInto(files, folder, "");
  if (![...files.keys()].some((path) => path.endsWith(".rego"))) {
    throw new Error(`There is no Rego file in ${folder}. Policies are files such as budget/budget.rego.`);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readInto(files: Map<string, string>, folder: string, within: string): Promise<void> {
  const found = await readdir(join(folder, within), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${join(folder, within)} cannot be read (${error.code}). Name a folder with policies.`);
  });
  for (const each of found) {
    const path = within === "" ? each.name : `${within}/${each.name}`;
    if (each.isDirectory() && !SKIPPED.test(each.name)) await readInto(files, folder, path);
    // Bytes that are no UTF-8 become U+FFFD, which the compiler refuses with the name of the file.
    if (each.isFile() && isPolicyFile(path)) files.set(path, await readFile(join(folder, path), "utf8"));
  }
}

const isPolicyFile = (path: string): boolean => path.endsWith(".rego") || basename(path) === "data.json";
