import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";

const SCRIPT = '\n  start("/");\n';
const PAGE = `<!doctype html><html><head><style>a{}</style><script src="/_app/x.js"></script></head><body><script>${SCRIPT}</script></body></html>`;
const sha = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function built(files: Record<string, string | Uint8Array>) {
  const folder = await mkdtemp(join(tmpdir(), "andon-console-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const { app } = createApp(makeWorld({ consoleDir: folder }).deps);
  const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
  return { folder, get, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test("the page may run its own files and the scripts the build put into it, and nothing else", async () => {
  await using site = await built({ "index.html": PAGE });
  const response = await site.get("/");
  assert.equal(await response.text(), PAGE);
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.ok(policy.includes(`script-src 'self' ${sha(SCRIPT)};`));
  assert.ok(policy.includes(`style-src 'self' ${sha("a{}")};`));
  assert.ok(policy.includes("frame-ancestors 'none'"));
  assert.ok(policy.includes("object-src 'none'"));
  assert.ok(!/script-src[^;]*unsafe/.test(policy));
  assert.equal(response.headers.get("cache-control"), "no-cache");
});

test("every answer says that nothing may be guessed or framed", async () => {
  await using site = await built({ "index.html": PAGE });
  for (const path of ["/", "/api/v1/health", "/api/v1/none", "/_app/none.js"]) {
    const { headers } = await site.get(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  }
  const api = await site.get("/api/v1/health");
  assert.equal(api.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
  assert.equal(api.headers.get("cache-control"), "no-store");
});

test("a screen's address is answered with the page, a missing file is not", async () => {
  await using site = await built({ "index.html": PAGE, "_app/immutable/a.js": "1" });
  const html = { accept: "text/html,application/xhtml+xml" };
  assert.equal(await (await site.get("/sessions/abc", html)).text(), PAGE);
  assert.equal(await (await site.get("/sessions/abc.def.js", html)).text(), PAGE);
  assert.equal((await site.get("/_app/immutable/old.js", html)).status, 404);
  assert.equal((await site.get("/favicon.png")).status, 404);
  assert.equal((await site.get("/api/v1/none", html)).status, 404);
});

test("files whose name holds their hash are kept for ever, compressed where the build did it", async () => {
  const js = "export const a = 1;".repeat(50);
  await using site = await built({ "index.html": PAGE, "_app/immutable/a.js": js, "_app/immutable/a.js.gz": gzipSync(js) });
  const plain = await site.get("/_app/immutable/a.js");
  assert.equal(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(plain.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(await plain.text(), js);
  const packed = await site.get("/_app/immutable/a.js", { "accept-encoding": "br, gzip" });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(packed.headers.get("vary"), "accept-encoding");
  assert.deepEqual(Buffer.from(await packed.arrayBuffer()), gzipSync(js));
  assert.equal((await site.get("/_app/immutable/a.js.gz")).status, 404);
});

test("what the browser has already is not sent again", async () => {
  await using site = await built({ "index.html": PAGE });
  const etag = (await site.get("/")).headers.get("etag") ?? "";
  const again = await site.get("/", { "if-none-match": etag });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
});

test("no path leads out of the console's folder", async () => {
  await using site = await built({ "index.html": PAGE });
  await writeFile(join(site.folder, "..", "andon-outside.txt"), "secret");
  for (const path of ["/../andon-outside.txt", "/%2e%2e/andon-outside.txt", "/..%2fandon-outside.txt", "/etc/passwd.txt"]) {
    assert.ok(!(await (await site.get(path)).text()).includes("secret"));
  }
  await rm(join(site.folder, "..", "andon-outside.txt"));
});

test("without a built console the page says how to build it, and shows up once it is there", async () => {
  await using site = await built({});
  const missing = await site.get("/");
  assert.equal(missing.status, 503);
  assert.match(await missing.text(), /\.\/andon up/);
  await writeFile(join(site.folder, "index.html"), PAGE);
  assert.equal((await site.get("/")).status, 200);
});
