import { expect, test } from "./fixtures.ts";

test.use({ storageState: { cookies: [], origins: [] } });

test("whoever is signed out is asked to sign in and comes back to where they were going", async ({ page, platform }) => {
  await page.goto("/agents?team=nobody");
  await expect(page.getByRole("heading", { name: "Sign in to Andon" })).toBeVisible();
  await page.getByLabel("Your token").fill(platform.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/agents\?team=nobody$/);
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
});

test("a wrong token is refused with what to do, and the right one still works", async ({ page, platform }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Your token").fill("not-the-token");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("That token is not valid, or not any more.")).toBeVisible();
  await page.getByLabel("Your token").fill(platform.token);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
});

test("a one-time link signs in once, and its code does not stay in the address", async ({ page, platform, browser, playwright }) => {
  const request = await playwright.request.newContext({ extraHTTPHeaders: { authorization: `Bearer ${platform.token}` } });
  const { code } = (await (await request.post(`${platform.url}/api/v1/session/codes`)).json()) as { code: string };
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`/#code=${code}`);
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  expect(page.url()).not.toContain(code);
  expect(asked.filter((address) => address.includes(code))).toEqual([]);

  const other = await browser.newContext({ baseURL: platform.url });
  const second = await other.newPage();
  await second.goto(`/#code=${code}`);
  await expect(second.getByText("This sign-in link was used already or has expired.")).toBeVisible();
  await other.close();
});

test("the address cannot send someone to another site after signing in", async ({ page, platform }) => {
  await page.goto("/sign-in?next=//example.com/");
  await page.getByLabel("Your token").fill(platform.token);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  expect(new URL(page.url()).host).toBe(new URL(platform.url).host);
});

test("signing out leads back to the door", async ({ page, platform }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Your token").fill(platform.token);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Administrator" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Andon" })).toBeVisible();
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sign in to Andon" })).toBeVisible();
});
