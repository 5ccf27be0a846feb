import { expect, expectAccessible, test } from "./fixtures.ts";

const SCREENS = {
  Floor: "/floor",
  Autonomy: "/autonomy",
  Budgets: "/budgets",
  Sessions: "/sessions",
  Cost: "/cost",
  Agents: "/agents",
  Quarantine: "/quarantine",
  Health: "/health",
  "Settings, prices": "/settings/prices",
  "Settings, rules": "/settings/attribution",
  "Settings, people": "/settings/people",
};

for (const theme of ["light", "dark"] as const) {
  for (const [name, path] of Object.entries(SCREENS)) {
    test(`${name} is accessible, ${theme}`, async ({ page, world }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(path === "/sessions" || path === "/cost" ? `${path}?team=${world.payments}` : path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.waitForLoadState("networkidle").catch(() => {});
      await expect(page.getByText("Loading…")).toHaveCount(0);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}

test("a session and its open step are accessible", async ({ page, world }) => {
  await page.goto(`/sessions/${world.sessions.main}?agent=${world.checkout.id}`);
  await page.getByRole("region", { name: "Timeline" }).getByRole("link", { name: world.model }).first().click();
  await expect(page.getByRole("complementary", { name: world.model })).toBeVisible();
  await expectAccessible(page);
});

test("the door is accessible", async ({ browser, platform }) => {
  const context = await browser.newContext({ baseURL: platform.url });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await expect(page.getByLabel("Your token")).toBeVisible();
  await expectAccessible(page);
  await context.close();
});

test("a failing part is explained with what to do, and trying again works", async ({ page, world }) => {
  let broken = true;
  await page.route("**/api/v1/sessions?**", (route) =>
    broken
      ? route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: JSON.stringify({
            type: "about:blank",
            title: "Unavailable",
            status: 503,
            detail: "The analytics do not answer.",
            hint: "Look at Health.",
          }),
        })
      : route.fallback(),
  );
  await page.goto(`/sessions?team=${world.risk}`);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The sessions could not be loaded");
  await expect(alert).toContainText("The analytics do not answer.");
  await expect(alert).toContainText("Look at Health.");
  await expectAccessible(page);
  broken = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText(world.scorer.name).first()).toBeVisible();
  broken = true;
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("These are not the newest figures.")).toBeVisible();
  await expect(page.getByText(world.scorer.name).first()).toBeVisible();
});

test("a lost live stream is said, and found again", async ({ page, world }) => {
  let cut = true;
  await page.route("**/api/v1/live**", (route) => (cut ? route.fulfill({ status: 503, body: "" }) : route.fallback()));
  await page.goto(`/sessions?team=${world.risk}`);
  await expect(page.getByText("Not live")).toBeVisible();
  cut = false;
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 15_000 });
});

test("what the platform said before it fell silent is not shown as what is", async ({ page }) => {
  let broken = false;
  await page.route("**/api/v1/health", (route) => (broken ? route.abort() : route.fallback()));
  await page.goto("/health");
  await expect(page.getByText(/^(Everything|A part is down)/)).toBeVisible();
  broken = true;
  await page.keyboard.press("r");
  await expect(page.getByText("These are not the newest figures.")).toBeVisible();
  await expect(page.getByText("./andon up", { exact: true })).toBeVisible();
  await expect(page.getByText(/^(Everything|A part is down)/)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: /^Parts, as they were at / })).toBeVisible();
  await expectAccessible(page);
});
