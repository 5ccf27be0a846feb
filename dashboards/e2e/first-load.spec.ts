import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** What a screen may load of compressed script before anybody touches it. */
const BUDGET_KB = 100;
/** A page that loaded less than this was not measured. */
const LEAST_KB = 20;
const QUIET_MS = 700;

const SCREENS = {
  Floor: () => "/floor",
  Autonomy: () => "/autonomy",
  Budgets: () => "/budgets",
  Sessions: (team: string) => `/sessions?team=${team}`,
  Cost: (team: string) => `/cost?team=${team}`,
  Approvals: () => "/approvals",
  Decisions: () => "/decisions",
  Agents: () => "/agents",
  Policies: () => "/policies",
  "A policy": () => "/policies/tool_calls#inline_code",
  Quarantine: () => "/quarantine",
  Health: () => "/health",
  "Settings, prices": () => "/settings/prices",
  "Settings, rules": () => "/settings/attribution",
};

for (const [name, path] of Object.entries(SCREENS)) {
  test(`the first load of ${name} is small`, async ({ page, world }) => {
    await expectSmall(page, path(world.payments));
  });
}

test("the first load of a session is small", async ({ page, world }) => {
  await expectSmall(page, `/sessions/${world.sessions.main}?agent=${world.checkout.id}`);
});

test("what opens later is fetched later, and what is typed meanwhile is not lost", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}`);
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  const before = await scriptsOf(page);
  // On a slow line.
  await page.route("**/_app/**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.fallback();
  });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("quaran");
  await expect(page.getByRole("combobox", { name: "Command palette" })).toHaveValue("quaran");
  await expect(page.getByRole("option", { name: "Quarantine" })).toBeVisible();
  expect(await scriptsOf(page)).toBeGreaterThan(before);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filter by Outcome" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "failed" }).waitFor();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Filter by Outcome" })).toBeFocused();
});

test("a part that cannot be fetched says so, and is fetched when asked for again", async ({ page }) => {
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  await page.route("**/_app/**", (route) => route.abort());
  await page.keyboard.press("?");
  await expect(page.getByText("This part of the console could not be fetched.")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("cost");
  await expect(page.getByText("This part of the console could not be fetched.")).toHaveCount(2);
  await page.unroute("**/_app/**");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Command palette" })).toHaveValue("");
});

const scriptsOf = (page: Page): Promise<number> =>
  page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).length);

/** Opens a screen with an empty cache and waits until it is drawn and nothing more is fetched. */
async function expectSmall(page: Page, path: string): Promise<void> {
  let bytes = 0;
  let last = Date.now();
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  const scripts = new Set<string>();
  client.on("Network.responseReceived", ({ requestId, type }) => void (type === "Script" && scripts.add(requestId)));
  client.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (!scripts.has(requestId)) return;
    bytes += encodedDataLength;
    last = Date.now();
  });
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText("Loading…")).toHaveCount(0);
  await expect.poll(() => Date.now() - last, { timeout: 20_000 }).toBeGreaterThan(QUIET_MS);
  const size = Math.round(bytes / 102.4) / 10;
  test.info().annotations.push({ type: "script, compressed", description: `${size} KB` });
  expect(size).toBeGreaterThan(LEAST_KB);
  expect(size).toBeLessThan(BUDGET_KB);
}
