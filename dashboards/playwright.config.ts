import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const own = process.env["ANDON_CHROMIUM"] ?? "/usr/bin/chromium";

/**
 * Runs against a platform that is up: ANDON_URL says where, ANDON_TOKEN is the administrator's token. Everything the
 * specs look for they report themselves, as agents, through the platform's own API.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "../test-results/console",
  fullyParallel: false,
  workers: 1,
  timeout: 45_000,
  // A busy machine may be slow once; a test that fails twice has found something.
  retries: process.env["CI"] ? 1 : 0,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env["ANDON_URL"] ?? "http://127.0.0.1:4400",
    locale: "en-US",
    timezoneId: "America/Sao_Paulo",
    trace: "retain-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      ...(existsSync(own) ? { executablePath: own } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    { name: "phone", testMatch: "screens.spec.ts", use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
  ],
});
