import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, figure, row, test } from "./fixtures.ts";
import { addAgent, report } from "./platform.ts";
import { Recorder } from "./session-events.ts";

test("the list shows what agents did, with cost and what is not known", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}&team=${world.risk}`);
  const main = row(page, "checkout-").filter({ hasText: "completed" });
  await expect(main).toContainText("checkout");
  await expect(main).toContainText("acme/checkout-api");
  await expect(main).toContainText(world.model);
  await expect(main).toContainText("14.5K");
  await expect(main).toContainText("$0.0230");
  await expect(row(page, world.mystery)).toContainText("unpriced");
  await expect(row(page, world.scorer.name)).toContainText("failed");
  await expect(row(page, world.scorer.name)).toContainText("$0.0400");
});

test("filters live in the address, narrow the list, and back takes them away again", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}&team=${world.risk}`);
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.getByRole("button", { name: "Filter by Outcome" }).click();
  await page.getByRole("option", { name: "failed" }).click();
  await expect(page).toHaveURL(/outcome=failed/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.goBack();
  await expect(page.getByRole("row")).toHaveCount(4);
});

test("what is typed becomes a filter by a value that occurs", async ({ page, world }) => {
  await page.goto("/sessions");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(world.scorer.name);
  await expect(page.getByRole("option", { name: `Agent ${world.scorer.name}` })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`agent=${world.scorer.id}`));
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("a part of a ticket, id, repository or branch finds sessions, and nothing found says so", async ({ page, world }) => {
  await page.goto(`/sessions?ticket=PAY-${world.run}`);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.goto(`/sessions?text=${world.sessions.unpriced.slice(4, 20)}`);
  await expect(row(page, world.mystery)).toBeVisible();
  await page.goto("/sessions?text=there-is-no-such-thing");
  await expect(page.getByRole("heading", { name: "No session matches" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(page).toHaveURL(/\/sessions$/);
});

test("the costliest come first when asked for", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}&team=${world.risk}`);
  await page.getByRole("button", { name: "Cost", exact: true }).click();
  await expect(page).toHaveURL(/order=cost/);
  await expect(page.getByRole("row").nth(1)).toContainText("$0.0400");
  await expect(page.getByRole("row").nth(2)).toContainText("$0.0230");
});

test("the export holds what is filtered, exactly", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.risk}`);
  await expect(page.getByRole("row")).toHaveCount(2);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  const [head = "", ...lines] = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(1);
  const cells = Object.fromEntries(head.split(",").map((name, index) => [name, lines[0]?.split(",")[index]]));
  expect(cells["id"]).toBe(world.sessions.risk);
  expect(cells["costUsd"]).toBe("0.04");
  expect([cells["input"], cells["output"], cells["reportedCostUsd"]]).toEqual(["10000", "2000", ""]);
});

test("new sessions announce themselves and move nothing until asked for", async ({ page, platform, world }) => {
  // An agent of its own: nobody else counts its sessions.
  const working = await addAgent(platform, { name: `working-${randomUUID().slice(0, 6)}`, team: world.risk });
  const work = (): Promise<unknown> => {
    const place = { session: randomUUID(), vendor: "codex" };
    return report(platform, working, new Recorder(place, Date.now() - 5000).started("codex").prompt("Hello.").events);
  };
  await work();
  await page.goto(`/sessions?agent=${working.id}`);
  await expect(async () => {
    await page.keyboard.press("r");
    await expect(page.getByRole("row")).toHaveCount(2, { timeout: 1000 });
  }).toPass();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await work();
  await expect(page.getByRole("button", { name: "1 new session" })).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "1 new session" }).click();
  await expect(page.getByRole("row")).toHaveCount(3);
});

test("a session adds up: computed and reported cost, buckets, and which report counted", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}&outcome=completed`);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/sessions/${world.sessions.main}\\?agent=${world.checkout.id}`));
  await expect(figure(page, "Cost")).toContainText("$0.0230");
  await expect(figure(page, "Cost")).toContainText("reported $0.0240");
  await expect(figure(page, "Tokens")).toContainText("14.5K");
  await expect(figure(page, "Tokens")).toContainText("Input 3,000");
  await expect(figure(page, "Tokens")).toContainText("Cache read 10K");
  await expect(figure(page, "Tokens")).toContainText("Output 1,500");
  const sources = page.getByRole("region", { name: "Who reported usage" }).getByRole("listitem");
  await expect(sources.filter({ hasText: "api_request" })).toContainText("counted");
  await expect(sources.filter({ hasText: "llm_request" })).toContainText("cross-check");
  const prompts = page.getByRole("heading", { level: 2 }).filter({ hasText: /Prompt \d/ });
  await expect(prompts.nth(0)).toContainText("$0.0090");
  await expect(prompts.nth(1)).toContainText("$0.0140");
  await expect(page.getByText("not counted again")).toHaveCount(1);
});

test("the timeline filters by kind and text, folds, and shows the stored event one click away", async ({ page, world }) => {
  await page.goto(`/sessions/${world.sessions.main}?agent=${world.checkout.id}`);
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("button", { name: /^Tools/ }).click();
  await expect(page).toHaveURL(/show=tools/);
  await expect(timeline.getByRole("listitem")).toHaveCount(2);
  await timeline.getByLabel("Find a step").fill("bash");
  await expect(timeline.getByRole("listitem")).toHaveCount(1);
  await timeline.getByRole("link", { name: "Bash" }).click();
  const panel = page.getByRole("complementary", { name: "Bash" });
  await expect(panel).toContainText("Not kept: only its kind and length are stored.");
  await expect(panel.locator("pre")).toContainText('"type": "andon.session.tool.called.v1"');
  await expect(panel.locator("pre")).toContainText(world.sessions.main);
  await panel.getByRole("button", { name: "Copy JSON" }).click();
  expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toMatchObject({
    data: { tool: "Bash", outcome: "failed" },
  });
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(page).not.toHaveURL(/step=/);
});

test("a session that nobody knows says so", async ({ page }) => {
  await page.goto("/sessions/there-is-none");
  await expect(page.getByRole("heading", { name: "No such session" })).toBeVisible();
});

test("a session that fell silent says since when, in every language", async ({ page, world }) => {
  // Half an hour must pass without a word before the platform calls a session silent: its answer is put forward in time.
  await page.route("**/api/v1/sessions?**", async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as { items: { outcome: string; heardAt: string }[] };
    const items = answer.items.map((item) =>
      item.outcome === "open" ? { ...item, outcome: "silent", heardAt: "2026-03-04T15:16:17.000Z" } : item,
    );
    await route.fulfill({ response, json: { ...answer, items } });
  });
  await page.goto(`/sessions?team=${world.payments}`);
  const silent = row(page, world.mystery);
  await expect(silent).toContainText("silent");
  await silent.locator(".badge").filter({ visible: true }).hover({ force: true });
  await expect(page.locator(".tip")).toHaveText(
    "Nothing was heard of it since Mar 4, 2026, 12:16:17 PM GMT-3. Its end was never reported.",
  );
  await page.evaluate(() => localStorage.setItem("andon.locale", "pt-BR"));
  await page.reload();
  await expect(silent).toContainText("sem sinal. Sem notícias desde 4 de mar. de 2026");
  await page.evaluate(() => localStorage.setItem("andon.locale", "es"));
  await page.reload();
  await expect(silent).toContainText("sin señal. Sin noticias desde 4 mar 2026");
});

test("a text that is cut off is whole on hover", async ({ page, world }) => {
  await page.goto(`/sessions?team=${world.payments}`);
  const model = row(page, world.mystery).getByText(world.mystery);
  await model.evaluate((element) => (element.style.width = "40px"));
  await model.hover({ force: true });
  await expect(page.locator(".tip")).toHaveText(world.mystery);
});
