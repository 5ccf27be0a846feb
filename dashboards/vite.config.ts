import { paraglideVitePlugin } from "@inlang/paraglide-js";
import adapter from "@sveltejs/adapter-static";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";
import { sourceDigest } from "./tools/digest.ts";
import { finishing } from "./tools/finish.ts";

/** Where `vite dev` finds a running platform. The built console is served by the platform itself. */
const platform = process.env["ANDON_URL"] ?? "http://127.0.0.1:4400";

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./src/lib/paraglide",
      strategy: ["localStorage", "preferredLanguage", "baseLocale"],
      localStorageKey: "andon.locale",
    }),
    sveltekit({
      adapter: finishing(adapter({ fallback: "index.html" }), "build"),
      // The same sources give the same build, and a tab that is older than the build notices it.
      version: { name: sourceDigest(["src", "messages", "static"]), pollInterval: 0 },
    }),
  ],
  build: {
    target: ["chrome125", "firefox128", "safari18"],
    // A data: URL would need a wider policy than `self`.
    assetsInlineLimit: 0,
  },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // What most screens share comes in one file instead of many: fewer requests, better compression. Only what
            // knows nothing of the framework, whose own files must run in the order in which it loads them.
            codeSplitting: { groups: [{ name: "shared", test: /src[\\/]lib[\\/]paraglide|@lucide[\\/]svelte/, minShareCount: 4 }] },
          },
        },
      },
    },
  },
  server: { proxy: { "/api": platform } },
});
