import { readFile } from "node:fs/promises";
import { ticks } from "../src/routes/cost/ticks.ts";
import { expect, figure, row, test } from "./fixtures.ts";

test("an axis stands on round values that span what is shown", () => {
  expect(ticks(0, 4.23, 4)).toEqual([0, 2, 4, 6]);
  expect(ticks(0, 0.31, 4)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(ticks(0, 20_000, 4)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
  expect(ticks(-3, 9, 4)).toEqual([-5, 0, 5, 10]);
  expect(ticks(0, 0, 4)).toEqual([0]);
});

test("cost equals the hand calculation, and what is not known is in sight", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}&by=model`);
  await expect(figure(page, "Computed cost")).toContainText("$0.0230");
  await expect(figure(page, "Computed cost")).toContainText("reported $0.0240");
  await expect(figure(page, "Tokens")).toContainText("20K");
  // 5,500 of 20,000 tokens.
  await expect(figure(page, "Unpriced")).toContainText("27.5%");
  await expect(figure(page, "Without feature")).toContainText("0%");
  const priced = row(page, world.model);
  await expect(priced).toContainText("$0.0230");
  await expect(priced).toContainText("$0.0240");
  await expect(priced).toContainText("+$0.0010");
  await expect(priced).toContainText("100%");
  await expect(row(page, world.mystery)).toContainText("unpriced");
  await expect(row(page, world.mystery)).toContainText("5,500");
});

test("work without a feature is a row of its own, at the end", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}&team=${world.risk}&by=feature`);
  await expect(figure(page, "Without feature")).toContainText("63.5%"); // 0.040 of 0.063
  const rows = page.getByRole("table", { name: "Cost by group" }).getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText("checkout");
  await expect(rows.nth(2)).toContainText("unattributed");
  await expect(rows.nth(2)).toContainText("$0.0400");
});

test("a row leads deeper, back leads out again, and the sessions behind it are one click away", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}&team=${world.risk}`);
  await row(page, world.risk).getByRole("link", { name: world.risk }).click();
  await expect(page).toHaveURL(new RegExp(`team=${world.risk}`));
  await expect(page).toHaveURL(/by=feature/);
  await expect(figure(page, "Computed cost")).toContainText("$0.0400");
  await page.goBack();
  await expect(figure(page, "Computed cost")).toContainText("$0.0630");
  await row(page, world.payments).getByRole("link", { name: "Sessions behind this row" }).click();
  await expect(page).toHaveURL(new RegExp(`/sessions\\?team=${world.payments}`));
  await expect(page.getByRole("row")).toHaveCount(3);
});

test("two dimensions, tokens instead of money, and the chart's table", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}`);
  await page.getByRole("combobox", { name: "then by" }).selectOption("Model");
  await expect(page).toHaveURL(/by=team%2Cmodel/);
  await expect(row(page, world.mystery)).toContainText(world.payments);
  await page.getByRole("group", { name: "What is measured" }).getByText("Tokens").click();
  await expect(page).toHaveURL(/metric=tokens/);
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/view=table/);
  const table = page.getByRole("region", { name: "The chart as a table" });
  await expect(table.getByRole("row").filter({ hasText: "20,000" })).toHaveCount(1);
});

test("the chart draws what the table says, and its legend filters", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}&team=${world.risk}`);
  const legend = page.getByRole("list", { name: "Legend" });
  await expect(legend.getByRole("link", { name: world.payments })).toContainText("$0.023");
  const chart = page.getByRole("group", { name: /^Over time, by team/ });
  // Backwards from today, because the world may be of yesterday.
  await expect(async () => {
    await chart.press("ArrowLeft");
    await expect(chart.getByRole("status")).toContainText(`${world.payments} $0.0230`, { timeout: 500 });
  }).toPass();
  await expect(chart.getByRole("status")).toContainText(`${world.risk} $0.0400`);
  await legend.getByRole("link", { name: world.payments }).click();
  await expect(page).toHaveURL(new RegExp(`team=${world.payments}$`));
});

test("the export holds every group with every digit", async ({ page, world }) => {
  await page.goto(`/cost?team=${world.payments}&by=model`);
  await expect(row(page, world.model)).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toBe("model,input,cacheRead,cacheWrite,output,reasoning,costUsd,reportedCostUsd,unpricedTokens,events");
  expect(lines).toContain(`${world.model},3000,10000,0,1500,0,0.023,0.024,0,2`);
  expect(lines).toContain(`${world.mystery},5000,0,0,500,0,0,,5500,1`);
});

test("no cost says what to do", async ({ page }) => {
  await page.goto("/cost?team=there-is-no-such-team");
  await expect(page.getByRole("heading", { name: "No cost matches" })).toBeVisible();
});
