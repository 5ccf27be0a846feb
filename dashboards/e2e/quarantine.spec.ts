import { randomUUID } from "node:crypto";
import { test as base, expect, row } from "./fixtures.ts";
import { addAgent, type SeededAgent } from "./platform.ts";
import { refused } from "./seed.ts";

/** An agent with three entries of its own for each test: what one settles, another does not miss. */
const test = base.extend<{ sender: SeededAgent }>({
  sender: async ({ platform }, use) => {
    const name = `sender-${randomUUID().slice(0, 6)}`;
    const sender = await addAgent(platform, { name, team: `team-of-${name}` });
    await refused(platform, sender);
    await use(sender);
  },
});

test("what was refused says what is wrong, where and how to fix it", async ({ page, sender }) => {
  await page.goto(`/quarantine?agent=${sender.id}`);
  await expect(row(page, "Unknown type").first()).toContainText(sender.name);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Unknown type" });
  await expect(panel).toContainText("What is wrong");
  await expect(panel).toContainText("/type");
  await expect(panel).toContainText("How to fix it");
  await expect(page).toHaveURL(/entry=/);
});

test("released too early it is refused again and stays, with the reason", async ({ page, sender }) => {
  await page.goto(`/quarantine?agent=${sender.id}`);
  await expect(row(page, "Unknown type")).toHaveCount(3);
  await row(page, "Unknown type").first().getByRole("link").click();
  await page.getByRole("complementary", { name: "Unknown type" }).getByRole("button", { name: "Release" }).click();
  await expect(page.locator(".notice.bad")).toBeVisible();
  await expect(row(page, "Unknown type")).toHaveCount(3);
});

test("several are discarded at once, only with a reason, which stays on record", async ({ page, sender }) => {
  await page.goto(`/quarantine?agent=${sender.id}`);
  const boxes = page.getByRole("checkbox", { name: /^Select: Unknown type/ });
  await expect(boxes.nth(2)).toBeVisible();
  const before = await boxes.count();
  await boxes.nth(0).click();
  await boxes.nth(1).click({ modifiers: ["Shift"] });
  await expect(page.getByText("2 selected")).toBeVisible();
  await page.getByRole("button", { name: "Discard" }).click();
  const asked = page.getByRole("dialog", { name: "Discard 2 entries" });
  await expect(asked.getByRole("button", { name: "Discard" })).toBeDisabled();
  await asked.getByLabel("Reason").fill("Sent by the console's tests");
  await asked.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("2 entries discarded.")).toBeVisible();
  await expect(boxes).toHaveCount(before - 2);
  await page.getByRole("link", { name: "Discarded" }).click();
  await expect(async () => {
    await page.keyboard.press("r");
    await expect(row(page, "Unknown type")).toHaveCount(2, { timeout: 1000 });
  }).toPass();
  await row(page, "Unknown type").first().getByRole("link").click();
  await expect(page.getByRole("complementary", { name: "Unknown type" })).toContainText("Sent by the console's tests");
});
