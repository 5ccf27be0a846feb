import { randomUUID } from "node:crypto";
import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { addAgent, get, type Platform } from "./platform.ts";

const named = (name: string): string => `${name}-${randomUUID().slice(0, 6)}`;

const post = async (url: string, bearer: string, body: object): Promise<unknown> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${url} answered ${response.status}`).toBe(true);
  return response.json();
};

/** Another browser, signed in as somebody new. */
async function somebody(browser: Browser, platform: Platform, name: string, role: string): Promise<Page> {
  const made = (await post(`${platform.url}/api/v1/people`, platform.token, { name, roles: [role], teams: [] })) as { token: string };
  const context = await browser.newContext({ baseURL: platform.url, storageState: { cookies: [], origins: [] } });
  expect((await context.request.post("/api/v1/session", { data: { token: made.token } })).status()).toBe(200);
  return context.newPage();
}

const card = (page: Page, name: string) => page.getByRole("article", { name });

/** Takes a step whose form needs nothing, or what `fill` puts in. */
async function take(page: Page, name: string, step: string, fill: (form: ReturnType<Page["getByRole"]>) => Promise<void> = async () => {}) {
  await card(page, name).getByRole("button", { name: step, exact: true }).click();
  const form = page.getByRole("dialog", { name: `${step}: ${name}` });
  await expect(form).toBeVisible();
  await fill(form);
  await form.getByRole("button", { name: step, exact: true }).click();
  await expect(form).toBeHidden();
}

async function pull(page: Page, kind: string, name: string, stop = false): Promise<void> {
  await page.keyboard.press("p");
  const asked = page.getByRole("dialog", { name: "Pull the cord" });
  await expect(asked.getByRole("button", { name: "Pull the cord" })).toBeDisabled();
  await asked.getByLabel("What is it about?").selectOption({ label: kind });
  await asked.getByLabel("Which one").fill(name);
  await asked.getByLabel("What do you see?").selectOption({ label: "A secret is exposed" });
  if (stop) await asked.getByRole("checkbox", { name: "Stop at once" }).check();
  await asked.getByRole("button", { name: "Pull the cord" }).click();
  await expect(page).toHaveURL(/\/floor$/);
}

test("the cord is pulled from any screen, and two people put the line back to work", async ({ page, browser, platform }) => {
  const name = named("acme/vault");
  await page.goto("/cost");
  await expect(page.getByRole("heading", { name: "Cost", level: 1 })).toBeVisible();
  await pull(page, "Repository", name);
  const line = card(page, name);
  await expect(line).toContainText("Attention");
  await expect(line).toContainText("Called");
  await expect(line).toContainText("A secret is exposed");
  await expect(line).toContainText("Nobody yet");
  await expect(line).toContainText(/stops by itself in 1\dm/);
  await expectAccessible(page);

  await take(page, name, "Answer");
  await expect(line).toContainText("Administrator (you)");
  await expect(line).not.toContainText("stops by itself");
  await take(page, name, "Stop the line");
  await expect(line).toContainText("Stopped");
  await expect(line).toContainText(/the next owner is called in (3h|4h)/);
  await take(page, name, "Contain", async (form) => {
    await form.getByLabel("Changes under way").fill("chg-1, chg-2");
    await expectAccessible(page);
  });
  await line.getByRole("button", { name: "Name cause and countermeasure" }).click();
  const remedy = page.getByRole("dialog", { name: /^Name cause and countermeasure/ });
  await expect(remedy.getByRole("button", { name: "Name cause and countermeasure" })).toBeDisabled();
  await remedy.getByLabel("Kind of cause").selectOption({ label: "Missing test" });
  await remedy.getByLabel("Cause", { exact: true }).fill("Nothing looked for keys in fixtures");
  await remedy.getByLabel("Where it is").fill("chg-3");
  await remedy.getByRole("button", { name: "Name cause and countermeasure" }).click();
  await expect(line).toContainText("Missing test");
  await take(page, name, "Start a trial", (form) => form.getByLabel("Change").fill("chg-3"));
  await expect(line).toContainText("chg-3");
  await take(page, name, "End the trial");
  await expect(line).toContainText("Trial passed");
  const release = line.getByRole("button", { name: "Release" });
  await expect(release).toHaveAttribute("aria-disabled", "true");
  await expect(release).toHaveAttribute("aria-description", /another person has to release/);
  await expect(line).toContainText("It takes two people");

  const lead = await somebody(browser, platform, named("Rita Lima"), "lead");
  await lead.goto("/floor");
  await take(lead, name, "Release");
  await expect(card(lead, name)).toContainText("Released");
  // Told by itself to whoever looks.
  await expect(line).toContainText("Released");
  await expect(line).toContainText("The light stays yellow");
  await expect(line.getByRole("button", { name: "Close" })).toHaveAttribute("aria-description", /quiet for 24 hours/);
  await lead.context().close();
});

test("a stop at once is red and comes first; who has heard and how fast is there to be seen", async ({ page, platform }) => {
  const agent = await addAgent(platform, { name: named("runner"), team: "line-spec" });
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  const name = named("wide-model");
  await pull(page, "Model", name, true);
  await expect(card(page, name)).toContainText("Stopped");
  await post(`${platform.url}/api/v1/line/calls`, agent.key, { symptom: "wrong_result" });
  await expect(card(page, agent.name)).toContainText("Wrong result");
  const { items } = (await get(platform, "/api/v1/line")) as { items: { scope: { name: string }; active: { andonId: string } | null }[] };
  const scope = { kind: "agent", name: agent.id };
  const andonId = items.find((line) => line.scope.name === agent.id)?.active?.andonId;
  await post(`${platform.url}/api/v1/line/acknowledgements`, agent.key, { scope, broadcastId: `${andonId}.0`, runtimeId: "one" });
  await expect(card(page, agent.name)).toContainText("1 runtime");
  await expect(card(page, agent.name)).toContainText(/half within \d/);
  const order = await page.getByRole("article").evaluateAll((cards) => cards.map((one) => (one.textContent ?? "").includes("Stopped")));
  expect(order.lastIndexOf(true)).toBeLessThan(order.indexOf(false));
  // Another person has to agree that a stop was void.
  await take(page, name, "Void", (form) => form.getByLabel("Reason").fill("A rehearsal"));
  await expect(card(page, name).getByRole("button", { name: "Void" })).toHaveAttribute("aria-description", /Another person/);
  await take(page, agent.name, "Answer");
  await take(page, agent.name, "Clear", (form) => form.getByLabel("Cause").fill("It was right after all"));
  const calm = page.getByRole("listitem").filter({ hasText: agent.name }).first();
  await expect(calm).toContainText("Running");
  await calm.getByText("1 earlier pull").click();
  await expect(calm).toContainText("Cleared");
});

test("who may not answer or pull is told so before it is pressed", async ({ page, browser, platform }) => {
  const name = named("guarded");
  await page.goto("/floor");
  await page.getByRole("button", { name: "Pull the cord" }).waitFor();
  await pull(page, "Team", name);
  const auditor = await somebody(browser, platform, named("Ivo Reis"), "auditor");
  await auditor.goto("/floor");
  await expect(card(auditor, name)).toBeVisible();
  for (const button of [
    auditor.getByRole("button", { name: "Pull the cord" }),
    card(auditor, name).getByRole("button", { name: "Answer" }),
  ])
    await expect(button).toHaveAttribute("aria-description", /Your roles do not allow this/);
  await auditor.context().close();
  await take(page, name, "Void", (form) => form.getByLabel("Reason").fill("A rehearsal"));
});

test("nothing to do is a calm picture, a failure says what to do", async ({ page }) => {
  let broken = false;
  await page.route("**/api/v1/line", (route) =>
    broken ? route.abort() : route.fulfill({ contentType: "application/json", body: JSON.stringify({ items: [] }) }),
  );
  await page.goto("/floor");
  await expect(page.getByRole("heading", { name: "Every line is running" })).toBeVisible();
  await expectAccessible(page);
  broken = true;
  await page.keyboard.press("r");
  await expect(page.getByText("These are not the newest figures.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The lines could not be loaded");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Every line is running" })).toBeVisible();
});

for (const theme of ["light", "dark"] as const) {
  test(`the floor and the question at the cord fit a phone, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/floor");
    await expect(page.getByRole("heading", { name: "Floor", level: 1 })).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Pull the cord" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Pull the cord" }).click();
    await expect(page.getByRole("dialog", { name: "Pull the cord" })).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}

test("a rule is named as a rule, and runtimes that have not heard are named", async ({ page }) => {
  const at = new Date(Date.now() - 60_000).toISOString();
  const active = {
    ...{ andonId: "adn_1", state: "escalated", since: at, pulledAt: at, dueAt: null, causeClass: null, acknowledgedBy: null },
    ...{ countermeasuredBy: null, stoppedAt: at, releasedAt: null, trial: null, voidProposedBy: null, escalatedFrom: "contained" },
    pullers: [{ kind: "policy", id: "spend_burn", at, symptom: "spend_burn", rule: "spend_burn" }],
    escalatedTo: { kind: "org", name: "Acme" },
  };
  const heard = [250, 12, 40].map((latencyMs, nth) => ({ runtime: `agt_${nth}/one`, latencyMs }));
  const missing = ["late-a", "late-b", "late-c", "late-d", "late-e", "late-f"].map((name) => `${name}/one`);
  const line = { scope: { kind: "team", name: "cards" }, colour: "red", active, past: [], heard, missing };
  await page.route("**/api/v1/line", (route) =>
    route.fulfill({ contentType: "application/json", body: JSON.stringify({ items: [line] }) }),
  );
  await page.goto("/floor");
  const shown = card(page, "cards");
  await expect(shown).toContainText("Rule: Spending far above the usual");
  await expect(shown).toContainText("3 runtimes");
  await expect(shown).toContainText("half within 40ms, 95 % within 250ms");
  await expect(shown).toContainText("Not heard yet: late-a, late-b, late-c, late-d, late-e");
  await expect(shown).toContainText("and 1 more");
  await expect(shown).toContainText("Organisation Acme");
  await expect(shown.getByRole("button", { name: "Name cause and countermeasure" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Floor/ })).toContainText("1");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("cord");
  await page.getByRole("option", { name: "Pull the cord" }).click();
  await expect(page.getByRole("dialog", { name: "Pull the cord" })).toBeVisible();
});
