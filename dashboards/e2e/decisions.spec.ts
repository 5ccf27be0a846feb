import { expect, expectAccessible, row, test } from "./fixtures.ts";
import { asker } from "./govern.ts";

test("decisions are found by what they were about, and their filters live in the address", async ({ page, platform }) => {
  const { agent, team, ask } = await asker(platform);
  await ask("ls");
  await ask("npm install left-pad");
  await ask("rm -rf /");
  await page.goto(`/decisions?team=${team}`);
  const table = page.getByRole("table", { name: "Decisions" });
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(row(page, "Allowed")).toContainText(agent.name);
  await expect(row(page, "Asks for approval")).toContainText("tool_calls.");
  await expect(row(page, "Denied")).toContainText("tool_calls.");
  await page.getByRole("button", { name: "Filter by Answer" }).click();
  await page.getByRole("option", { name: "Denied" }).click();
  await expect(page).toHaveURL(/effect=deny/);
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(table.getByRole("row")).toHaveCount(4);
  await page.goto(`/decisions?team=${team}&action=model.call`);
  await expect(page.getByText("No decision matches")).toBeVisible();
});

test("a decision says why, what determines it, and is made again to the same answer", async ({ page, platform }) => {
  const { agent, ask } = await asker(platform);
  const session = `decided-${agent.id}`;
  const { id } = await ask("npm install left-pad", session);
  await page.goto(`/decisions/${id}`);
  await expect(page.getByRole("heading", { name: "Use a tool", level: 1 })).toBeVisible();
  await expect(page.getByText("No policy says no, but at least one wants a person’s yes first.")).toBeVisible();
  const why = page.getByRole("region", { name: "Why" });
  await expect(why.getByRole("link").first()).toHaveAttribute("href", /^\/policies\/tool_calls#[a-z_]+$/);
  await page.getByRole("button", { name: "Copy: Input" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{64}$/);
  await page.getByRole("button", { name: "Make it again" }).click();
  await expect(page.getByText("The same answer again: Asks for approval")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /^apr_/ }).click();
  await expect(page).toHaveURL(/\/approvals\?approval=/);
  await page.goto(`/decisions?session=${session}`);
  await expect(row(page, "Asks for approval")).toHaveCount(1);
});

test("an answer that differs when it is made again is said, with the parts", async ({ page, platform }) => {
  const { ask } = await asker(platform);
  const { id } = await ask("ls");
  await page.route("**/replay", (route) =>
    route.fulfill({ json: { id, same: false, differs: ["effect", "reasons"], effect: "deny", reasons: [], obligations: [] } }),
  );
  await page.goto(`/decisions/${id}`);
  await page.getByRole("button", { name: "Make it again" }).click();
  await expect(page.getByText("It differs: effect, reasons")).toBeVisible();
});

test("a decision that is not there and a list that does not come are explained", async ({ page }) => {
  await page.goto("/decisions/dec_nowhere");
  await expect(page.getByText("There is no such decision")).toBeVisible();
  let broken = true;
  await page.route("**/api/v1/decisions?**", (route) => (broken ? route.abort() : route.fallback()));
  await page.goto("/decisions");
  await expect(page.getByRole("alert")).toContainText("The decisions could not be loaded");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

for (const theme of ["light", "dark"] as const) {
  test(`the list of decisions is accessible and fits a phone, ${theme}`, async ({ page, platform }) => {
    const { team, ask } = await asker(platform);
    await ask("npm install left-pad");
    await page.emulateMedia({ colorScheme: theme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`/decisions?team=${team}`);
      await expect(row(page, "Asks for approval")).toHaveCount(1);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  });
}
