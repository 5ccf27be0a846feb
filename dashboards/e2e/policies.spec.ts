import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, row, test } from "./fixtures.ts";

const list = (page: Page) => page.getByRole("table", { name: "Policies" });

test("the policies in force are listed with what they cover, and lead to their pages", async ({ page }) => {
  await page.goto("/policies");
  await expect(page.getByRole("heading", { name: "Policies", level: 1 })).toBeVisible();
  const sandbox = list(page).getByRole("row").filter({ hasText: "Sandbox" });
  await expect(sandbox).toContainText("tool.call");
  await expect(row(page, "Came with the release")).toContainText("in force");
  await sandbox.getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Sandbox", level: 1 })).toBeVisible();
  await expect(page.getByText("Where no person watches, only walls help.")).toBeVisible();
  const source = page.locator("details").filter({ hasText: "sandbox/sandbox.rego" });
  await expect(source.getByText("package andon.policies.sandbox")).toBeHidden();
  await source.locator("summary").click();
  await expect(source.getByText("package andon.policies.sandbox")).toBeVisible();
});

test("a link to a rule shows the rule", async ({ page }) => {
  await page.goto("/policies/tool_calls#inline_code");
  await expect(page.locator("#inline_code")).toBeInViewport();
  await page.goto("/policies/nothing_like_it");
  await expect(page.getByText("There is no such policy in force")).toBeVisible();
});

test("a team tightens a setting with a reason, cannot loosen it, and takes it back", async ({ page }) => {
  const team = `team-${randomUUID().slice(0, 6)}`;
  await page.goto(`/policies/sandbox?team=${team}`);
  await page.getByRole("button", { name: "Change" }).click();
  const form = page.getByRole("dialog", { name: `Sandbox: Team ${team}` });
  const levels = form.getByLabel("Sandbox by autonomy level");
  await expect(form.getByText("A narrower scope can only raise this.").first()).toBeVisible();
  const save = form.getByRole("button", { name: "Save" });

  await levels.fill("3 = many");
  await expect(form.getByText("This cannot be read")).toBeVisible();
  await levels.fill("3 = 0\n4 = 2\n5 = 3");
  await expect(save).toBeDisabled();
  await form.getByLabel("Reason").fill("Made for a test");
  await save.click();
  await expect(form.getByRole("alert")).toContainText("Some values were refused");
  await expect(form.getByText("it is less than what is required around it")).toBeVisible();
  await expectAccessible(page);

  await levels.fill("3 = 2\n4 = 2\n5 = 3");
  await save.click();
  await expect(form).toBeHidden();
  const level = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Sandbox by autonomy level" }) });
  await expect(level).toContainText(`Team: ${team}`);
  await expect(level).toContainText("3 = 2");

  await page.getByRole("button", { name: "Change" }).click();
  await levels.fill("");
  await form.getByLabel("Reason").fill("As it was");
  await save.click();
  await expect(level).toContainText("Default");
  await expect(level).toContainText("3 = 1");
});

for (const theme of ["light", "dark"] as const) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    test(`policies and a policy are accessible and fit, ${theme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height });
      for (const path of ["/policies", "/policies/tool_calls#inline_code", "/policies/hours?team=core"]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { name: /^(Bundles of policies|Sources)$/ })).toBeVisible();
        await expect(page.getByText("Loading…")).toHaveCount(0);
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
      }
    });
  }
}
