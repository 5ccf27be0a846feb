import { randomUUID } from "node:crypto";
import type { Browser, Page } from "@playwright/test";
import { STEPS } from "../../services/domain/autonomy/ladder.ts";
import { stepTo } from "../src/routes/autonomy/ladder.ts";
import { expect, expectAccessible, row, test } from "./fixtures.ts";
import { addAgent, type Platform, type SeededAgent } from "./platform.ts";

const HOUR = 3_600_000;
const done = { merged: true, gatesGreen: true, durable: true, deniedExecuted: 0, worstIncident: null, agentLines: 100, changedLines: 5 };

async function post(platform: Platform, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${platform.url}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${platform.token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path} answered ${response.status}`).toBe(true);
  return response.json();
}

const scopeOf = (agent: SeededAgent) => ({ agent: agent.id, pathSet: "shop/api", changeClass: "feature", riskTier: 1 });

/** An agent of its own, with trials of which the last ones failed. */
async function tried(platform: Platform, trials: number, failed = 0): Promise<SeededAgent> {
  const agent = await addAgent(platform, { name: `tried-${randomUUID().slice(0, 6)}`, team: "shop" });
  for (let nth = 0; nth < trials; nth++) {
    const finishedAt = new Date(Date.now() - (trials - nth) * HOUR).toISOString();
    const trial = { trialId: `chg_${nth}`, finishedAt, ...done, merged: nth < trials - failed };
    await post(platform, "/autonomy/trials", { scope: scopeOf(agent), trial });
  }
  return agent;
}

/** Another browser, signed in as somebody new. */
async function somebody(browser: Browser, platform: Platform, name: string, role: string): Promise<Page> {
  const { token } = (await post(platform, "/people", { name, roles: [role], teams: [] })) as { token: string };
  const context = await browser.newContext({ baseURL: platform.url, storageState: { cookies: [], origins: [] } });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  return context.newPage();
}

async function open(page: Page, name: string) {
  await page.goto("/autonomy");
  await row(page, name).getByRole("link", { name }).click();
  const panel = page.getByRole("complementary", { name });
  await expect(panel).toBeVisible();
  return panel;
}

test("what the console says a level takes is what the platform asks for", () => {
  for (const [level, step] of Object.entries(STEPS)) {
    const measures = step.measures.map(([id, needed]) => ({ id, needed }));
    expect(stepTo(Number(level))).toEqual({ ...step, measures });
  }
  expect(Object.keys(STEPS)).toEqual(["1", "2", "3", "4", "5"]);
  expect(stepTo(6)).toBeNull();
});

test("an agent's trials are recorded, a level is proposed with its evidence and signed", async ({ page, browser, platform }) => {
  // 19 successes in 20: Wilson's lower bound at 95 % is 0.7639, rounded down.
  const agent = await tried(platform, 20, 1);
  const panel = await open(page, agent.name);
  await expect(row(page, agent.name)).toContainText("19 of 20 succeeded");
  await expect(row(page, agent.name)).toContainText("76.3%");
  await expect(row(page, agent.name)).toContainText("L0 manual");
  await expect(panel).toContainText("never granted");
  await expect(panel).toContainText("What level 1 takes");
  await expectAccessible(page);

  await panel.getByRole("button", { name: "Record trial" }).click();
  const trial = page.getByRole("dialog", { name: `Record trial: ${agent.name}` });
  await expect(trial.getByRole("button", { name: "Record trial" })).toBeDisabled();
  await trial.getByLabel("Change", { exact: true }).fill("chg_by_hand");
  await trial.getByLabel("Verdict reached").fill("2026-01-05T10:00");
  await trial.getByLabel("Lines by the agent").fill("100");
  await trial.getByLabel("Of these, changed in review").fill("21");
  await expect(trial.getByRole("status")).toHaveText("It counts as a failure: more than a fifth was rewritten.");
  await trial.getByLabel("Of these, changed in review").fill("20");
  await expect(trial.getByRole("status")).toHaveText("It counts as a success.");
  await trial.getByLabel("Verdict reached").fill(new Date(Date.now() - 30 * HOUR).toISOString().slice(0, 16));
  await expectAccessible(page);
  await trial.getByRole("button", { name: "Record trial" }).click();
  await expect(trial).toBeHidden();
  await expect(panel).toContainText("20 of 21 succeeded");

  await panel.getByRole("button", { name: "Propose level" }).click();
  const form = page.getByRole("dialog", { name: `Propose level 1: ${agent.name}` });
  await form.getByLabel("A sandbox exists", { exact: false }).first().selectOption({ label: "yes" });
  await expect(form.getByText("Say where it was read.")).toBeVisible();
  await expect(form.getByRole("button", { name: "Propose level 1" })).toBeDisabled();
  await form.getByLabel("Source: A sandbox exists").fill("ci/run-12");
  await form.getByRole("button", { name: "Propose level 1" }).click();
  const missing = form.getByRole("alert");
  await expect(missing).toContainText("The evidence does not carry level 1 yet");
  await expect(missing.getByRole("listitem").filter({ hasText: "A sandbox exists" })).toContainText("met");
  await expect(missing.getByRole("listitem").filter({ hasText: "The owner vouches for it" })).toContainText("missing");
  await expectAccessible(page);
  for (const measure of ["A policy for its tools exists", "The owner vouches for it"]) {
    await form.getByLabel(`Source: ${measure}`).fill("review/7");
    await form.locator(".measure").filter({ hasText: measure }).getByRole("combobox").selectOption({ label: "yes" });
  }
  await form.getByRole("button", { name: "Propose level 1" }).click();
  await expect(form).toBeHidden();
  await expect(row(page, agent.name)).toContainText("waits for signatures");
  const proposal = panel.getByRole("region", { name: "Level 1 waits for signatures" });
  await expect(proposal.getByRole("listitem").filter({ hasText: "Team lead" })).toContainText("missing");

  // Whoever does not have the role is told so, whoever may not move autonomy as well.
  const engineer = await somebody(browser, platform, `Bia ${agent.name}`, "policy_engineer");
  const hers = await open(engineer, agent.name);
  await expect(hers.getByText("Signing as Team lead is not among your roles.")).toBeVisible();
  await expect(hers.getByRole("button", { name: "Sign", exact: true })).toHaveAttribute("aria-disabled", "true");
  await engineer.context().close();
  const auditor = await somebody(browser, platform, `Caio ${agent.name}`, "auditor");
  const his = await open(auditor, agent.name);
  for (const name of ["Record trial", "Report trouble", "Propose level", "Sign"])
    await expect(his.getByRole("button", { name, exact: true })).toHaveAttribute("aria-disabled", "true");
  await auditor.context().close();

  await proposal.getByRole("button", { name: "Sign", exact: true }).click();
  const signing = page.getByRole("dialog", { name: `Sign level 1: ${agent.name}` });
  await expect(signing.getByLabel("Sign as").getByRole("option")).toHaveText(["Team lead"]);
  await expectAccessible(page);
  await signing.getByRole("button", { name: "Sign", exact: true }).click();
  await expect(row(page, agent.name)).toContainText("L1 task offload");
  await expect(panel).toContainText("on probation");
  await expect(panel).toContainText(/Trials left in probation\s*20/);
});

/** At level 1: its owner vouches for it, and the administrator signed. */
async function raised(platform: Platform): Promise<SeededAgent> {
  const agent = await addAgent(platform, { name: `raised-${randomUUID().slice(0, 6)}`, team: "shop" });
  const holds = { value: true, source: "review/7" };
  const measures = { sandbox_exists: holds, tool_policy_exists: holds, owner_attested: holds };
  const { proposalId } = (await post(platform, "/autonomy/proposals", { scope: scopeOf(agent), to: 1, measures })) as {
    proposalId: string;
  };
  await post(platform, "/autonomy/signatures", { scope: scopeOf(agent), proposalId, role: "team_lead" });
  return agent;
}

test("trouble takes autonomy away, and says before what it will do", async ({ page, platform }) => {
  const agent = await raised(platform);
  const panel = await open(page, agent.name);
  const trouble = async (what: string, ref: string, effect: string): Promise<void> => {
    await panel.getByRole("button", { name: "Report trouble" }).click();
    const report = page.getByRole("dialog", { name: `Report trouble: ${agent.name}` });
    await report.getByLabel("What happened?").selectOption({ label: what });
    await report.getByLabel("Reference").fill(ref);
    await expect(report.getByRole("status")).toContainText(effect);
    await expectAccessible(page);
    await report.getByRole("button", { name: "Report trouble" }).click();
    await expect(report).toBeHidden();
  };
  await trouble("The line is stopped", "andon_4", "The scope keeps level 1 and may not act until it is unfrozen.");
  await expect(panel).toContainText("frozen");
  await expect(panel.getByRole("button", { name: "Propose level" })).toHaveAttribute("aria-disabled", "true");
  await panel.getByRole("button", { name: "Unfreeze" }).click();
  await page.getByRole("dialog", { name: "Is andon_4 put right?" }).getByRole("button", { name: "Unfreeze" }).click();
  await expect(panel).toContainText("on probation");
  await trouble("A secret was exposed", "inc_1", "All autonomy is taken away: level 0 until a review.");
  await expect(row(page, agent.name)).toContainText("suspended");
  await expect(row(page, agent.name)).toContainText("L0 manual");
});

test("a scope begins with what is recorded for it", async ({ page, platform }) => {
  const agent = await addAgent(platform, { name: `begins-${randomUUID().slice(0, 6)}`, team: "shop" });
  await page.goto("/autonomy");
  await expect(page.getByRole("button", { name: "Propose level" }).first()).toBeVisible();
  await page.keyboard.press("t");
  const form = page.getByRole("dialog", { name: "Record trial" });
  await form.getByLabel("Agent", { exact: true }).selectOption({ label: agent.name });
  await form.getByLabel("Path set").fill("shop/web");
  await form.getByLabel("Kind of change").selectOption({ label: "Security" });
  await form.getByLabel("Risk tier").selectOption("2");
  await form.getByLabel("Change", { exact: true }).fill("chg_1");
  await form.getByLabel("Verdict reached").fill(new Date(Date.now() - 30 * HOUR).toISOString().slice(0, 16));
  await form.getByLabel("Lines by the agent").fill("40");
  await form.getByRole("button", { name: "Record trial" }).click();
  await expect(row(page, agent.name)).toContainText("shop/web · Security · tier 2");
  await expect(row(page, agent.name)).toContainText("1 of 1 succeeded");
});

test("filters live in the address", async ({ page, platform }) => {
  const [one, other] = [await tried(platform, 1), await tried(platform, 1)];
  await page.goto(`/autonomy?agent=${one.id}`);
  await expect(row(page, one.name)).toBeVisible();
  await expect(row(page, other.name)).toHaveCount(0);
  await page.goto("/autonomy?state=none&level=0");
  await expect(row(page, other.name)).toBeVisible();
  await page.goto("/autonomy?level=5");
  await expect(page.getByRole("heading", { name: "No scope matches" })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(row(page, one.name)).toBeVisible();
});

test("an empty list says what autonomy is, a failure what to do", async ({ page }) => {
  let broken = false;
  await page.route("**/api/v1/autonomy", (route) =>
    broken ? route.abort() : route.fulfill({ contentType: "application/json", body: JSON.stringify({ items: [] }) }),
  );
  await page.goto("/autonomy");
  await expect(page.getByRole("heading", { name: "No scope yet" })).toBeVisible();
  await expect(page.getByRole("region", { name: "The six levels" }).getByRole("listitem")).toHaveCount(6);
  await expectAccessible(page);
  broken = true;
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The autonomy levels could not be loaded");
});

for (const theme of ["light", "dark"] as const) {
  test(`autonomy fits a phone, ${theme}`, async ({ page, platform }) => {
    const agent = await tried(platform, 2);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/autonomy");
    await expect(row(page, agent.name)).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const panel = await open(page, agent.name);
    await panel.getByRole("button", { name: "Propose level" }).click();
    await expect(page.getByRole("dialog", { name: /^Propose level 1/ })).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
