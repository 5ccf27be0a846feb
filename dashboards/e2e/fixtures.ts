import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { type Platform, platformOf } from "./platform.ts";
import { seed, type World } from "./seed.ts";

type SignedIn = Awaited<ReturnType<import("@playwright/test").APIRequestContext["storageState"]>>;

interface Shared {
  platform: Platform;
  world: World;
  signedIn: SignedIn;
}

/** Every test starts signed in, in a world of its own run, and fails when the page itself breaks. */
export const test = base.extend<{ quiet: undefined }, Shared>({
  platform: [async ({}, use) => use(platformOf(process.env)), { scope: "worker" }],
  world: [async ({ platform }, use) => use(await seed(platform)), { scope: "worker" }],
  signedIn: [
    async ({ platform, playwright }, use) => {
      const request = await playwright.request.newContext({ baseURL: platform.url });
      const answer = await request.post("/api/v1/session", { data: { token: platform.token } });
      expect(answer.status()).toBe(200);
      await use(await request.storageState());
      await request.dispose();
    },
    { scope: "worker" },
  ],
  storageState: async ({ signedIn }, use) => use(signedIn),
  quiet: [
    async ({ page }, use) => {
      const broken: string[] = [];
      page.on("pageerror", (error) => broken.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && message.text().includes("Content Security Policy")) broken.push(message.text());
      });
      await use(undefined);
      expect(broken).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** What a machine can find of WCAG 2.2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  // Half faded in, everything has too little contrast.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

/** The row of a table that holds a text. */
export const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

/** A figure of the strip at the top of a screen. */
export const figure = (page: Page, label: string) =>
  page.locator("dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) });
