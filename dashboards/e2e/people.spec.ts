import { randomUUID } from "node:crypto";
import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, row, test } from "./fixtures.ts";
import type { Platform } from "./platform.ts";

const named = (name: string): string => `${name} ${randomUUID().slice(0, 6)}`;

/** Through the console, as the administrator does it. */
async function addPerson(page: Page, name: string, roles: readonly string[], teams = ""): Promise<{ token: string; link: string }> {
  await page.goto("/settings/people");
  await page.getByRole("button", { name: "Add person" }).first().click();
  const form = page.getByRole("dialog", { name: "Add person" });
  await expect(form.getByRole("button", { name: "Add person" })).toBeDisabled();
  await form.getByLabel("Name").fill(name);
  for (const role of roles) await form.getByRole("checkbox", { name: role }).check();
  await form.getByRole("textbox", { name: /^Teams/ }).fill(teams);
  await form.getByRole("button", { name: "Add person" }).click();
  const shown = page.getByRole("dialog", { name: `Token of ${name}` });
  const token = (await shown.locator("pre").first().textContent())?.trim() ?? "";
  const link = (await shown.locator("pre").last().textContent())?.trim() ?? "";
  await shown.getByRole("button", { name: "I have handed it over" }).click();
  await expect(shown).toBeHidden();
  await expect(page.getByText(token)).toHaveCount(0);
  return { token, link };
}

/** Another browser, signed in with a person's token. */
async function signedIn(browser: Browser, platform: Platform, token: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: platform.url, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Your token").fill(token);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  return page;
}

test("a person is added, signs in with the link, and is signed out the moment the token is revoked", async ({
  page,
  browser,
  platform,
}) => {
  const name = named("Ana Prado");
  const { token, link } = await addPerson(page, name, ["Approver", "Lead"], "payments, risk");
  expect(token).toMatch(/^andon_person_\S{60}$/);
  await expect(row(page, name)).toContainText("Approver, Lead");
  await expect(row(page, name)).toContainText("payments, risk");
  await expectAccessible(page);

  const context = await browser.newContext({ baseURL: platform.url, storageState: { cookies: [], origins: [] } });
  const hers = await context.newPage();
  await hers.goto(link);
  await expect(hers.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  const account = hers.getByRole("button", { name });
  await expect(account).toContainText("Approver, Lead");
  await account.click();
  await expect(hers.getByText("payments, risk")).toBeVisible();

  await row(page, name).getByRole("link").first().click();
  const panel = page.getByRole("complementary", { name });
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Revoke" }).click();
  const asked = page.getByRole("dialog", { name: /^Revoke token tok_/ });
  await asked.getByLabel("Reason").fill("made for a test");
  await asked.getByRole("button", { name: "Revoke token" }).click();
  await expect(panel.getByText("revoked")).toBeVisible();
  await hers.goto("/agents");
  await expect(hers.getByRole("heading", { name: "Sign in to Andon" })).toBeVisible();
  await context.close();
});

test("what a role does not allow cannot be pressed and says why; a role that is given is there at once", async ({
  page,
  browser,
  platform,
  world,
}) => {
  const name = named("Otto Reis");
  const { token } = await addPerson(page, name, ["Auditor"]);
  const his = await signedIn(browser, platform, token);
  await his.goto(`/agents?agent=${world.checkout.id}`);
  const panel = his.getByRole("complementary", { name: world.checkout.name });
  const add = his.getByRole("button", { name: "Add agent" });
  for (const button of [add, panel.getByRole("button", { name: "Edit" }), panel.getByRole("button", { name: "New key" })]) {
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription(/Your roles do not allow this/);
  }
  await add.click({ force: true });
  await his.keyboard.press("n");
  await expect(his.getByRole("dialog")).toHaveCount(0);
  await expectAccessible(his);
  await his.goto("/settings/prices?publish");
  await expect(his.getByRole("button", { name: "Publish price" })).toHaveAttribute("aria-disabled", "true");
  await expect(his.getByRole("dialog")).toHaveCount(0);
  await his.goto("/settings/people");
  await expect(his.getByRole("button", { name: "Add person" })).toHaveAttribute("aria-disabled", "true");

  await his.goto(`/agents?agent=${world.checkout.id}`);
  await expect(add).toHaveAttribute("aria-disabled", "true");
  await row(page, name).getByRole("link").first().click();
  await page.getByRole("complementary", { name }).getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name });
  await form.getByRole("checkbox", { name: "Auditor" }).uncheck();
  await form.getByRole("checkbox", { name: "Lead" }).check();
  await form.getByRole("textbox", { name: /^Teams/ }).fill(world.risk);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(row(page, name)).toContainText(world.risk);
  // Without reloading: the other browser hears of it.
  await expect(add).not.toHaveAttribute("aria-disabled", "true");
  await expect(panel.getByRole("button", { name: "Edit" })).toHaveAccessibleDescription(/not one of yours/);
  await his.context().close();
});

test("a person is removed after asking, with a reason, and is gone everywhere", async ({ page, browser, platform }) => {
  const name = named("Bia Lima");
  const { token } = await addPerson(page, name, ["Compliance"]);
  const hers = await signedIn(browser, platform, token);
  await row(page, name).getByRole("link").first().click();
  await page.getByRole("complementary", { name }).getByRole("button", { name: "Remove person" }).click();
  const asked = page.getByRole("dialog", { name: `Remove ${name}?` });
  await expect(asked.getByRole("button", { name: "Remove person" })).toBeDisabled();
  await asked.getByLabel("Reason").fill("left the company");
  await asked.getByRole("button", { name: "Remove person" }).click();
  await expect(asked).toBeHidden();
  await expect(row(page, name)).toHaveCount(0);
  await hers.goto("/cost");
  await expect(hers.getByRole("heading", { name: "Sign in to Andon" })).toBeVisible();
  await hers.context().close();
});

test("what is wrong is said beside the form, and the same token is not shown again", async ({ page }) => {
  const name = named("Caio Melo");
  await addPerson(page, name, ["Lead"]);
  await page.getByRole("button", { name: "Add person" }).first().click();
  const form = page.getByRole("dialog", { name: "Add person" });
  await form.getByLabel("Name").fill(name);
  await form.getByRole("checkbox", { name: "Lead" }).check();
  await form.getByRole("button", { name: "Add person" }).click();
  await expect(form.getByRole("alert")).toContainText("name");
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
});

test("people who cannot be loaded are explained, and trying again works", async ({ page }) => {
  let broken = true;
  await page.route("**/api/v1/people?**", (route) => (broken ? route.abort() : route.fallback()));
  await page.goto("/settings/people");
  await expect(page.getByRole("alert")).toContainText("The people could not be loaded");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
