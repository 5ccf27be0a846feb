import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";

const named = (name: string): string => `${name} ${randomUUID().slice(0, 6)}`;
const item = (page: Page, name: string) => page.getByRole("listitem", { name });

/** The team has spent 0.023 US dollars. */
test("a budget is set, shows what is left, is changed and closed", async ({ page, world }) => {
  const name = named("Payments");
  await page.goto("/budgets");
  await page.getByRole("button", { name: "Set budget" }).first().click();
  const form = page.getByRole("dialog", { name: "Set budget" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Which one").fill(world.payments);
  await expect(form.getByLabel("Period")).toHaveValue("month");
  await expect(form.getByRole("button", { name: "Set budget" })).toBeDisabled();
  await form.getByLabel(/^Soft limit, US dollars/).fill("a lot");
  await expect(form.getByText("An amount such as 250 or 250.50.")).toBeVisible();
  await form.getByLabel(/^Soft limit, US dollars/).fill("0.02");
  await form.getByLabel(/^Hard limit, US dollars/).fill("0.1");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Set budget" }).click();

  const budget = item(page, name);
  await expect(budget).toContainText(`Team: ${world.payments}`);
  await expect(budget).toContainText("$0.0230");
  await expect(budget).toContainText("soft limit reached");
  await expect(budget).toContainText("over by $0.0030");
  await expect(budget).toContainText("$0.0770 left");
  await expect(budget).toContainText("denies what goes beyond");
  await expectAccessible(page);

  await budget.getByRole("button", { name: "Change limits" }).click();
  const change = page.getByRole("dialog", { name: `Change limits: ${name}` });
  await expect(change.getByLabel(/^Hard limit, US dollars/)).toHaveValue("0.1");
  await expect(change.getByRole("button", { name: "Save" })).toBeDisabled();
  await change.getByLabel(/^Soft limit, US dollars/).fill("");
  await change.getByLabel(/^Hard limit, US dollars/).fill("0.023");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(budget).toContainText("hard limit reached");
  await expect(budget).not.toContainText("Soft limit");

  await budget.getByRole("link", { name: "Look at it in Cost" }).click();
  await expect(page).toHaveURL(new RegExp(`/cost\\?team=${world.payments}&range=30d`));
  await page.goBack();

  await budget.getByRole("button", { name: "Close budget" }).click();
  const asked = page.getByRole("dialog", { name: `Close the budget ${name}?` });
  await expect(asked.getByRole("button", { name: "Close budget" })).toBeDisabled();
  await asked.getByLabel("Reason").fill("The project ended");
  await asked.getByRole("button", { name: "Close budget" }).click();
  await expect(budget).toHaveCount(0);
  await page.goto("/budgets?closed=1");
  await expect(budget).toContainText("closed");
  await expect(budget.getByRole("button", { name: "Change limits" })).toHaveCount(0);
});

test("filters live in the address", async ({ page, platform, world }) => {
  const [tight, wide] = [named("Tight"), named("Wide")];
  for (const [name, scope, amount] of [
    [tight, { kind: "team", name: world.risk }, "0.01"],
    [wide, { kind: "model", name: world.model }, "1000"],
  ] as const) {
    const hard = { amount, atCrossing: "deny" };
    const response = await page.request.post(`${platform.url}/api/v1/budgets`, {
      headers: { "x-andon-csrf": "1" },
      data: { name, scope, period: "month", hard },
    });
    expect(response.status()).toBe(201);
  }
  await page.goto("/budgets");
  await expect(item(page, wide)).toContainText("within its limits");
  await page.getByRole("button", { name: "Only with a reached limit" }).click();
  await expect(page).toHaveURL(/crossed=1/);
  await expect(item(page, wide)).toHaveCount(0);
  await expect(item(page, tight)).toContainText("hard limit reached");
  await page.goto("/budgets?scope=model");
  await expect(item(page, wide)).toBeVisible();
  await expect(item(page, tight)).toHaveCount(0);
  await page.goto("/budgets?scope=department");
  await expect(page.getByRole("heading", { name: "No budget matches" })).toBeVisible();
});

test("an empty list says what a budget is, a failure what to do", async ({ page }) => {
  let broken = false;
  await page.route("**/api/v1/budgets", (route) =>
    broken ? route.abort() : route.fulfill({ contentType: "application/json", body: JSON.stringify({ items: [] }) }),
  );
  await page.goto("/budgets");
  await expect(page.getByRole("heading", { name: "No budget yet" })).toBeVisible();
  await expectAccessible(page);
  broken = true;
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The budgets could not be loaded");
});

for (const theme of ["light", "dark"] as const) {
  test(`budgets fit a phone, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/budgets");
    await expect(page.getByRole("heading", { name: "Budgets", level: 1 })).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
