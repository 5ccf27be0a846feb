import type { Context } from "hono";
import { fail, problemResponse } from "../problems.ts";
import { pagePolicy } from "../security-headers.ts";
import { type ConsoleFile, readConsole } from "./console-files.ts";

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Andon: the console is not built</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The console is not built</h1>
<p>The platform is running and takes events, but its console has not been built on this machine.</p>
<p>Run <code>./andon up</code>, which builds it, or <code>npm run build</code> in the project's folder; then load this page again.</p>
<p>The API is at <a href="/api/v1/health">/api/v1/health</a>, its description at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body>
</html>
`;

/** Answers what is not API: a file of the console, or its page, which finds the screen for the path itself. */
export function consoleServer(folder: string | null): (context: Context) => Response {
  let files = folder === null ? null : readConsole(folder);
  return (context) => {
    files ??= folder === null ? null : readConsole(folder);
    if (!files) return page(NOT_BUILT, 503);
    const { path } = context.req;
    const file = files.get(path) ?? (isScreen(context) ? files.get("/index.html") : undefined);
    if (!file)
      return problemResponse(
        fail(404, "not_found", "There is no such file in the console.", { hint: "Load the page again: the console was updated." }),
      );
    if (context.req.header("if-none-match") === file.headers["etag"]) return new Response(null, { status: 304, headers: file.headers });
    return send(file, context.req.header("accept-encoding") ?? "");
  };
}

/** A missing script must not be answered with a page. Ids in a screen's path may have dots, so a browser's wish for a page decides. */
function isScreen(context: Context): boolean {
  const { path } = context.req;
  if (path.startsWith("/_app/")) return false;
  return (context.req.header("accept") ?? "").includes("text/html") || !/\.[a-z0-9]{1,12}$/i.test(path);
}

function send({ bytes, packed, headers }: ConsoleFile, accepted: string): Response {
  const [encoding, body] =
    packed.br && /\bbr\b/.test(accepted)
      ? ["br", packed.br]
      : packed.gzip && /\bgzip\b/.test(accepted)
        ? ["gzip", packed.gzip]
        : ["", bytes];
  const varying = packed.br || packed.gzip ? { vary: "accept-encoding" } : {};
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers: { ...headers, ...varying, ...(encoding !== "" && { "content-encoding": encoding }) },
  });
}

const page = (html: string, status: number): Response =>
  new Response(html, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "content-security-policy": pagePolicy(html) },
  });
