import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Adapter } from "@sveltejs/kit";

const ASSETS = "_app/immutable/assets";
const TEXT_FONT = /^inter-latin-wght-normal\..*\.woff2$/;

/**
 * Wraps an adapter: the page asks for the text font early, so that letters do not change shape after the first paint,
 * and every file that shrinks is also written compressed, so that the server only has to send it.
 */
export function finishing(adapter: Adapter, folder: string): Adapter {
  return {
    ...adapter,
    async adapt(builder) {
      await adapter.adapt(builder);
      const page = join(folder, "index.html");
      writeFileSync(page, preloadFont(readFileSync(page, "utf8"), folder));
      await builder.compress(folder);
    },
  };
}

function preloadFont(html: string, folder: string): string {
  const font = readdirSync(join(folder, ASSETS)).find((file) => TEXT_FONT.test(file));
  if (font === undefined) throw new Error("the text font is missing from the build");
  return html.replace("</head>", `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${ASSETS}/${font}" /></head>`);
}
