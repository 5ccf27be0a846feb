import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "./run.ts";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * A Chromium for the browser tests: the machine's own, else the system's package where we may install it, else the one
 * that Playwright downloads.
 * @returns its path, or "" for Playwright's own
 */
export async function ensureChromium(root: string, progress: (line: string) => void): Promise<string> {
  const found = await firstOf(USUAL);
  if (found) return found;
  if (process.getuid?.() === 0 && (await attempt("apt-get", ["--version"], root).catch(() => null))?.code === 0) {
    progress("installing Chromium for the browser tests (apt-get) ...");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], root, env);
    await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", "chromium"], root, env);
    return (await firstOf(USUAL)) ?? "";
  }
  progress("downloading Chromium for the browser tests ...");
  await run(process.execPath, [join(root, "node_modules/@playwright/test/cli.js"), "install", "chromium"], root);
  return "";
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}
