import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { pagePolicy } from "../security-headers.ts";

export interface ConsoleFile {
  readonly bytes: Uint8Array;
  /** Compressed when the console was built. */
  readonly packed: { readonly br?: Uint8Array; readonly gzip?: Uint8Array };
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

/**
 * The built console in memory: a few files that never change while we run, so nothing of the file system can be reached
 * by a path. null when it is not built.
 */
export function readConsole(folder: string): ReadonlyMap<string, ConsoleFile> | null {
  if (!existsSync(join(folder, "index.html"))) return null;
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  const files = new Map<string, ConsoleFile>();
  for (const path of paths) {
    if (/\.(br|gz)$/.test(path) || !statSync(join(folder, path)).isFile()) continue;
    files.set(`/${path}`, readOne(folder, path));
  }
  return files;
}

function readOne(folder: string, path: string): ConsoleFile {
  const bytes = readFileSync(join(folder, path));
  const packed = (ending: string) => (existsSync(join(folder, path + ending)) ? readFileSync(join(folder, path + ending)) : undefined);
  const [br, gzip] = [packed(".br"), packed(".gz")];
  const html = path.endsWith(".html");
  return {
    bytes,
    packed: { ...(br && { br }), ...(gzip && { gzip }) },
    headers: {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      // Names under immutable/ carry a hash of the content; everything else is asked for again.
      "cache-control": path.includes("/immutable/") ? "public, max-age=31536000, immutable" : "no-cache",
      etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`,
      ...(html && { "content-security-policy": pagePolicy(bytes.toString("utf8")) }),
    },
  };
}
