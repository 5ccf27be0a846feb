import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One installation at a time, over all processes of this machine. A lock whose owner died is taken over. */
export async function withInstallLock<T>(folder: string, waiting: () => void, install: () => Promise<T>): Promise<T> {
  let told = false;
  while (!(await take(folder))) {
    if (await ownerIsGone(folder)) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) waiting();
    told = true;
    await sleep(250);
  }
  try {
    await writeFile(join(folder, "pid"), String(process.pid));
    return await install();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function ownerIsGone(folder: string): Promise<boolean> {
  const owner = Number.parseInt(await readFile(join(folder, "pid"), "utf8").catch(() => ""), 10);
  if (!(owner > 0)) return false;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
