import { expect, figure, row, test } from "./fixtures.ts";
import { seed } from "./seed.ts";

test("health names every part, and the totals agree three ways", async ({ page }) => {
  await page.goto("/health");
  for (const part of ["Event store", "Bus", "Ingest", "Analytics", "Projection"])
    await expect(page.getByRole("heading", { name: part })).toBeVisible();
  await page.getByRole("button", { name: "Check totals" }).click();
  await expect(page.getByText("equal", { exact: true })).toBeVisible({ timeout: 30_000 });
});

test("what the platform says is said in the reader's language", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("andon.locale", "pt-BR"));
  await page.goto("/health");
  await expect(page.getByText("cada gravação está no disco antes da resposta")).toBeVisible();
  await expect(page.getByText(/mensagens na fila: \d/)).toBeVisible();
  await expect(page.getByText("desde o início")).toHaveCount(2);
  await expect(page.getByText(/every write|messages wait|since the start|up to date|is dropped/)).toHaveCount(0);
  await page.goto("/sessions?order=none&team=a&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("O endereço pede algo que não pode ser usado. A plataforma diz: The period is empty");
  await expect(alert).toContainText("Limpe os filtros ou escolha outro período.");
});

test("a corrected price re-rates what was already used", async ({ page, platform }) => {
  // A world of its own: its sums change.
  const world = await seed(platform);
  await page.goto(`/settings/prices?q=${world.model}+output`);
  await row(page, world.model).getByRole("link", { name: "Correct price" }).click();
  const form = page.getByRole("dialog", { name: /^Correct price/ });
  await form.getByLabel("US dollars for one million tokens").fill("20");
  await form.getByRole("button", { name: "Publish correction" }).click();
  await expect(form.getByText("This is needed.")).toBeVisible();
  await form.getByLabel("Reason").fill("The list says 20");
  await form.getByRole("button", { name: "Publish correction" }).click();
  await expect(row(page, world.model)).toContainText("$20.00");
  // 10,000 × 2 + 2,000 × 20 = 60,000 millionths.
  await page.goto(`/cost?team=${world.risk}`);
  await expect(async () => {
    await page.keyboard.press("r");
    await expect(figure(page, "Computed cost")).toContainText("$0.0600", { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
});

test("a price that should not be there is withdrawn with a reason", async ({ page, platform }) => {
  const world = await seed(platform);
  await page.goto(`/settings/prices?q=${world.model}+input`);
  await expect(row(page, world.model)).toBeVisible();
  await page.keyboard.press("j");
  await expect(row(page, world.model).getByRole("link").first()).toBeFocused();
  await row(page, world.model).getByRole("button", { name: "Withdraw price" }).click();
  const asked = page.getByRole("dialog", { name: /^Withdraw price/ });
  await asked.getByLabel("Reason").fill("A typing mistake");
  await asked.getByRole("button", { name: "Withdraw price" }).click();
  await expect(page.getByRole("heading", { name: "No price matches" })).toBeVisible();
});

test("attribution rules are written, ordered, checked and saved", async ({ page, world }) => {
  await page.goto("/settings/attribution");
  await page.getByRole("button", { name: "Add rule" }).click();
  const rules = page.getByRole("listitem", { name: /^Rule \d+$/ });
  const last = rules.last();
  await page.getByRole("button", { name: "Save rules" }).or(page.getByText("Fill in another").first()).first().waitFor();
  await last.getByLabel("When all of these match: Repository").fill(`acme/${world.run}-*`);
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(last.getByRole("alert")).toContainText("Say what the rule fills in.");
  await last.getByLabel("then fill in: Feature").fill(`feature-${world.run}`);
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("The rules are saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("then fill in: Feature").last()).toHaveValue(`feature-${world.run}`);
  await rules
    .last()
    .getByRole("button", { name: /^Remove rule/ })
    .click();
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("The rules are saved.")).toBeVisible();
});
