import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { type Asker, asker, lead } from "./govern.ts";
import { addPerson, get, type Platform } from "./platform.ts";

const statusOf = async (platform: Platform, id: string): Promise<string> =>
  ((await get(platform, `/api/v1/approvals/${id}`)) as { approval: { status: string } }).approval.status;

/** A browser of a person's own. */
async function signedIn(browser: Browser, platform: Platform, token: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: platform.url, storageState: { cookies: [], origins: [] } });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  return context.newPage();
}

/** A lead of the asker's team in a browser of their own, and one request that waits. */
async function waiting(browser: Browser, platform: Platform, command: string): Promise<{ page: Page; id: string; of: Asker }> {
  const of = await asker(platform);
  const id = (await of.ask(command)).approval?.id ?? "";
  const page = await signedIn(browser, platform, await lead(platform, "Ana", of.team));
  await page.goto(`/approvals?approval=${id}`);
  await expect(page.getByRole("heading", { name: "Use a tool", level: 2 })).toBeVisible();
  return { page, id, of };
}

test("a request is looked at, approved with the keyboard, and whoever waits goes on at once", async ({ browser, platform }) => {
  const { page, id, of } = await waiting(browser, platform, "npm install left-pad");
  const waits = fetch(`${platform.url}/api/v1/approvals/${id}/wait?seconds=40`, { headers: { authorization: `Bearer ${of.agent.key}` } });
  const why = page.getByRole("region", { name: "Why it is asked" });
  await expect(why.getByRole("link").first()).toHaveAttribute("href", /^\/policies\/tool_calls#/);
  await expect(page.getByText("npm install left-pad")).toHaveCount(0);
  await page.keyboard.press("a");
  await expect(page.getByText("Look at what is asked first.")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "Command" })).toHaveText("npm install left-pad");
  await expect(page.getByText("Your look is recorded.")).toBeVisible();
  await expectAccessible(page);

  await page.keyboard.press("a");
  const asked = page.getByRole("dialog", { name: `Approve: Use a tool, ${of.agent.name}` });
  await expect(asked).toContainText("npm install left-pad");
  await asked.getByLabel("Reason").fill("it is on our list");
  await expectAccessible(page);
  await asked.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("Approved. Whoever waits for it goes on at once.")).toBeVisible();
  expect(((await (await waits).json()) as { status: string }).status).toBe("approved");
  expect((await of.ask("npm install left-pad")).effect).toBe("allow");
  await page.context().close();
});

test("identical requests are one row and are decided together, with the digest that was looked at", async ({ browser, platform }) => {
  const { page, id } = await waiting(browser, platform, "npm install twice");
  // The same agent's second request joins its first, so a twin is put into the answer.
  const twin = "apr_twin";
  await page.route("**/api/v1/approvals", async (route) => {
    const response = await route.fetch();
    const inbox = (await response.json()) as { items: { id: string; identical: string[] }[] };
    const items = inbox.items.flatMap((one) =>
      one.id === id
        ? [
            { ...one, identical: [twin] },
            { ...one, id: twin, identical: [id] },
          ]
        : [one],
    );
    await route.fulfill({ response, json: { ...inbox, items } });
  });
  let sent: { approvals?: string[]; vote?: string; digest?: string; reason?: string } = {};
  await page.route("**/api/v1/approvals/votes", async (route) => {
    sent = route.request().postDataJSON() as typeof sent;
    await route.fulfill({ json: { items: [] } });
  });
  await expect(page.getByRole("checkbox", { name: /^Decide it together with 1 / })).toBeChecked();
  await expect(page.locator(`[data-row="${id}"]`)).toContainText("×2");
  await expect(page.locator(`[data-row="${twin}"]`)).toHaveCount(0);
  await page.keyboard.press("r");
  await page.getByRole("dialog").getByLabel("Reason").fill("not on our list");
  await page.getByRole("dialog").getByRole("button", { name: "Refuse all 2" }).click();
  await expect(page.getByText("Refused. Whoever waits for it is told at once.")).toBeVisible();
  const { approval } = (await get(platform, `/api/v1/approvals/${id}`)) as { approval: { digest: string } };
  expect(sent).toEqual({ approvals: [id, twin], vote: "refuse", digest: approval.digest, reason: "not on our list" });
  await page.context().close();
});

test("what arrives does not move what is being read, and j and k go through the list", async ({ browser, platform }) => {
  const { page, id, of } = await waiting(browser, platform, "npm install one");
  const row = page.locator(`[data-row="${id}"]`);
  await row.focus();
  const second = (await of.ask("npm install two")).approval?.id ?? "";
  await expect(page.locator(`[data-row="${second}"]`)).toBeVisible();
  await expect(row).toBeFocused();
  await expect(row).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("j");
  await expect(page).not.toHaveURL(new RegExp(id));
  await page.keyboard.press("k");
  await expect(page).toHaveURL(new RegExp(id));
  await expect(row).toBeFocused();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Approve");
  await expect(help).toContainText("Refuse");
  await page.context().close();
});

test("an emergency takes a reason, and another person looks at it afterwards", async ({ browser, platform }) => {
  const { page, id, of } = await waiting(browser, platform, "npm install hotfix");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "Command" })).toBeVisible();
  await page.getByRole("button", { name: "Break the glass" }).click();
  const asked = page.getByRole("dialog", { name: /^Break the glass/ });
  await expect(asked).toContainText("Somebody else has to look at it within a day");
  await asked.getByLabel(/^Reason/).fill("too short");
  await expect(asked.getByRole("button", { name: "Break the glass" })).toBeDisabled();
  await asked.getByLabel(/^Reason/).fill("the shop is down, nobody else answers");
  await asked.getByRole("button", { name: "Break the glass" }).click();
  await expect(page.getByText("You broke the glass: somebody else has to look at it.")).toBeVisible();

  const other = await signedIn(browser, platform, await lead(platform, "Bia", of.team));
  await other.goto("/approvals");
  await other.getByRole("list", { name: "Emergencies to look at" }).locator(`[data-row="${id}"]`).click();
  await expect(other.getByText("the shop is down, nobody else answers")).toBeVisible();
  await other.getByRole("button", { name: "Close the follow-up" }).click();
  await other.getByLabel("Where it is written down").fill("INC-7");
  await other.getByRole("dialog").getByRole("button", { name: "Close the follow-up" }).click();
  await expect(other.locator(`[data-row="${id}"]`)).toHaveCount(0);
  await page.context().close();
  await other.context().close();
});

test("who cannot decide is told why, instead of being offered it", async ({ browser, platform }) => {
  const { page, id, of } = await waiting(browser, platform, "npm install elsewhere");
  const approver = { name: `Duda ${of.team}`, roles: ["approver"], teams: [of.team] };
  const other = await signedIn(browser, platform, (await addPerson(platform, approver)).token);
  await other.goto(`/approvals?approval=${id}`);
  await expect(other.getByText("You cannot decide this one.")).toBeVisible();
  await expect(other.getByText(/one of these roles: lead/)).toBeVisible();
  await expect(other.getByRole("button", { name: "Approve" })).toHaveCount(0);
  await other.context().close();
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByLabel(/^Reason/).fill("asked by mistake, twice");
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("Done. It is on record.")).toBeVisible();
  expect(await statusOf(platform, id)).toBe("revoked");
  await page.context().close();
});

test("roles are lent until a date and taken back", async ({ browser, platform }) => {
  const { page, of } = await waiting(browser, platform, "npm install away");
  await addPerson(platform, { name: `Caio ${of.team}`, roles: ["approver"], teams: [of.team] });
  await page.getByRole("button", { name: "Lend roles" }).click();
  const panel = page.getByRole("dialog", { name: "Lend roles" });
  await panel.getByRole("combobox", { name: "To" }).selectOption({ label: `Caio ${of.team}` });
  await panel.getByRole("checkbox", { name: "Lead" }).check();
  await panel.getByRole("button", { name: "Lend", exact: true }).click();
  const lent = panel.getByRole("listitem").filter({ hasText: `Caio ${of.team}` });
  await expect(lent).toContainText("until");
  await expectAccessible(page);
  await lent.getByRole("button", { name: "Take back" }).click();
  await expect(lent).toContainText("over");
  await page.context().close();
});

for (const theme of ["light", "dark"] as const) {
  test(`approvals are accessible and fit a phone, ${theme}`, async ({ page, platform }) => {
    const { ask } = await asker(platform);
    const id = (await ask("npm install left-pad")).approval?.id ?? "";
    await page.emulateMedia({ colorScheme: theme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const path of ["/approvals", `/approvals?approval=${id}`]) {
        await page.goto(path);
        await expect(page.locator(path === "/approvals" ? `[data-row="${id}"]` : "h2:visible").first()).toBeVisible();
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      }
    }
  });
}

test("approvals that do not come are explained, and trying again works", async ({ page }) => {
  let broken = true;
  await page.route("**/api/v1/approvals", (route) => (broken ? route.abort() : route.fallback()));
  await page.goto("/approvals");
  await expect(page.getByRole("alert")).toContainText("The approvals could not be loaded");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
