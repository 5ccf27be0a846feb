import { expect, expectAccessible, test } from "./fixtures.ts";

test("the palette goes anywhere and does anything by keyboard", async ({ page, world }) => {
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  await expect(palette).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.type("quaran");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Quarantine", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type(world.checkout.name);
  await page.getByRole("option", { name: world.checkout.name }).first().click();
  await expect(page.getByRole("complementary", { name: world.checkout.name })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark theme");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("two keys lead to each screen, and help lists them", async ({ page }) => {
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  for (const [key, title] of [
    ["c", "Cost"],
    ["a", "Agents"],
    ["q", "Quarantine"],
    ["h", "Health"],
    [",", "Settings"],
    ["s", "Sessions"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  }
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Command palette");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("the language changes at once and is remembered", async ({ page }) => {
  await page.goto("/cost");
  await page.getByRole("button", { name: "Administrator" }).click();
  await page.getByText("Português", { exact: true }).click();
  await expect(page.getByRole("heading", { name: "Custo", level: 1 })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "pt-BR");
  await page.reload();
  await expect(page.getByRole("link", { name: "Sessões", exact: true })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await expect(page.getByRole("heading", { name: "Quarentena", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Administrator" }).click();
  await page.getByText("Español", { exact: true }).click();
  await expect(page.getByRole("heading", { name: "Cuarentena", level: 1 })).toBeVisible();
});

test("theme and density are kept, and the page starts in them", async ({ page }) => {
  await page.goto("/sessions");
  await page.getByRole("button", { name: "Administrator" }).click();
  await page.getByText("Dark", { exact: true }).click();
  await page.getByText("Dense", { exact: true }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-density", "dense");
});

test("an address that leads nowhere leads back", async ({ page }) => {
  await page.goto("/no/such/screen");
  await expect(page.getByRole("heading", { name: "There is no such screen" })).toBeVisible();
  await page.getByRole("link", { name: "Go to Sessions" }).click();
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
});
