import { randomUUID } from "node:crypto";
import { expect, row, test } from "./fixtures.ts";
import { addAgent, report } from "./platform.ts";
import { Recorder } from "./session-events.ts";

test("an agent is added, its key is shown once, and its first event is heard", async ({ page, platform }) => {
  const name = `added-${randomUUID().slice(0, 6)}`;
  await page.goto("/agents");
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
  await page.keyboard.press("n");
  const form = page.getByRole("dialog", { name: "Add agent" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Team").fill(`team-of-${name}`);
  await form.getByLabel("Feature").fill("search");
  await form.getByRole("button", { name: "Add agent" }).click();

  const secret = page.getByRole("dialog", { name: `Key of ${name}` });
  const key = (await secret.locator("pre").first().textContent())?.trim() ?? "";
  expect(key).toMatch(/^andon_\S{40,}$/);
  for (const vendor of ["Claude Code", "Codex CLI", "Copilot", "Gemini CLI"])
    await expect(secret.getByRole("tab", { name: vendor })).toBeVisible();
  await secret.getByRole("tab", { name: "Codex CLI" }).click();
  // A vendor may need text in more than one place: the one with the key is meant.
  const settings = secret.getByRole("tabpanel", { name: "Codex CLI" }).locator(".code").filter({ hasText: key });
  await settings.getByRole("button", { name: "Copy settings" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(key);

  await expect(secret).toContainText("Waiting for the first event");
  const id = key.split("_")[1];
  await report(
    platform,
    { id: `agt_${id}`, name, key },
    new Recorder({ session: `s-${name}`, vendor: "codex" }, Date.now()).started("codex").events,
  );
  await expect(secret).toContainText(`${name} was heard`);
  await secret.getByRole("button", { name: "I have saved the key" }).click();
  await expect(secret).toBeHidden();
  await expect(page.getByRole("button", { name: "Add agent" })).toBeFocused();
  await expect(page.getByText(key)).toHaveCount(0);
  await expect(row(page, name)).toContainText("search");
  await expect(row(page, name)).toContainText("active");
});

test("what is wrong with a new agent is said beside the form", async ({ page, world }) => {
  await page.goto("/agents?add");
  const form = page.getByRole("dialog", { name: "Add agent" });
  await form.getByLabel("Name").fill(world.checkout.name);
  await form.getByLabel("Team").fill(world.payments);
  await form.getByRole("button", { name: "Add agent" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
});

test("whoever closes a question is back where they asked it", async ({ page, world }) => {
  await page.goto(`/agents?team=${world.payments}`);
  const add = page.getByRole("button", { name: "Add agent" });
  await add.focus();
  await page.keyboard.press("Enter");
  const form = page.getByRole("dialog", { name: "Add agent" });
  await expect(form.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
  await expect(add).toBeFocused();
  await row(page, world.checkout.name).getByRole("link").press("Enter");
  const panel = page.getByRole("complementary", { name: world.checkout.name });
  await expect(panel.getByRole("heading", { level: 2 })).toBeFocused();
  const revoke = panel.getByRole("button", { name: "Revoke" });
  await revoke.press("Enter");
  const asked = page.getByRole("dialog", { name: /^Revoke key/ });
  await expect(asked.getByLabel("Reason")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(asked).toBeHidden();
  await expect(revoke).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(row(page, world.checkout.name).getByRole("link")).toBeFocused();
});

test("a second key is made and the first revoked, with a reason, after asking", async ({ page, platform, world }) => {
  // An agent of its own: whoever else reports must not lose its key.
  const rotating = await addAgent(platform, { name: `rotating-${randomUUID().slice(0, 6)}`, team: world.risk });
  await page.goto(`/agents?agent=${rotating.id}`);
  const panel = page.getByRole("complementary", { name: rotating.name });
  await panel.getByRole("button", { name: "New key" }).click();
  await page
    .getByRole("dialog", { name: `New key for ${rotating.name}` })
    .getByRole("button", { name: "New key" })
    .click();
  await page.getByRole("button", { name: "I have saved the key" }).click();
  await expect(panel.getByText("active")).toHaveCount(2);
  const keys = panel.getByRole("listitem").filter({ hasText: "key_" });
  await keys.first().getByRole("button", { name: "Revoke" }).click();
  const asked = page.getByRole("dialog", { name: /^Revoke key key_/ });
  await expect(asked.getByRole("button", { name: "Revoke key" })).toBeDisabled();
  await asked.getByLabel("Reason").fill("Made for a test");
  await asked.getByRole("button", { name: "Revoke key" }).click();
  await expect(panel.getByText("revoked")).toHaveCount(1);
});

test("team and feature are changed for what comes next", async ({ page, platform, world }) => {
  const moving = await addAgent(platform, { name: `moving-${randomUUID().slice(0, 6)}`, team: world.risk });
  await page.goto(`/agents?agent=${moving.id}`);
  const panel = page.getByRole("complementary", { name: moving.name });
  await panel.getByRole("button", { name: "Edit" }).click();
  await panel.getByLabel("Feature").fill("scoring");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText("scoring", { exact: true })).toBeVisible();
  await panel.getByRole("button", { name: "Edit" }).click();
  await panel.getByLabel("Feature").fill("");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText("unattributed", { exact: true })).toBeVisible();
});
