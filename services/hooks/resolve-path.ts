import { posix, win32 } from "node:path";

/**
 * An absolute path without `.` and `..`, by arithmetic alone: symbolic links, mounts and upper-case twins cannot be seen from
 * here, so a path that looks inside a folder may lead out of it. What depends on the agent's machine (`~`, `$HOME`, an
 * unknown folder) stays as it was written, which no rule can take for a path inside the workspace.
 *
 * @param base an absolute folder; null when it is not known
 */
export function resolvePath(base: string | null, path: string): string {
  if (/^[~$]/.test(path)) return path;
  if (isWindows(path) || (base !== null && isWindows(base))) {
    return base !== null && isWindows(base) ? win32.resolve(base, path) : win32.normalize(path);
  }
  if (path.startsWith("/")) return posix.resolve(path);
  return base === null ? path : posix.resolve(base, path);
}

/** A folder that other paths can be resolved against. */
export const asFolder = (path: unknown): string | null =>
  typeof path === "string" && path.length <= 4096 && (path.startsWith("/") || isWindows(path)) ? resolvePath(null, path) : null;

const isWindows = (path: string): boolean => /^([A-Za-z]:[\\/]|\\\\)/.test(path);
