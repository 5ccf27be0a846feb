import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Sends what the hook command wrote down while Andon could not be reached. @returns the exit code */
export function flush(root: string): number {
  return spawnSync("sh", [join(root, "services/kit/hook/andon-hook.sh"), "flush"], { stdio: "inherit" }).status ?? 1;
}
