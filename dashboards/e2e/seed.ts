import { randomUUID } from "node:crypto";
import { addAgent, get, type Platform, platformOf, publishPrices, report, type SeededAgent, until } from "./platform.ts";
import { Recorder } from "./session-events.ts";

/** What the specs find on the screens. The figures are worked out by hand below. */
export interface World {
  readonly run: string;
  readonly payments: string;
  readonly risk: string;
  readonly model: string;
  readonly mystery: string;
  readonly checkout: SeededAgent;
  readonly scorer: SeededAgent;
  readonly sessions: { readonly main: string; readonly unpriced: string; readonly risk: string };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Half an hour ago or a little more, so that a world's sixteen minutes lie within one hour and one day of every calendar. */
function halfAnHourAgo(): number {
  const start = Date.now() - 30 * MINUTE;
  return Math.min(start, start - (start % HOUR) + 44 * MINUTE);
}

/**
 * A small world of its own for every run: teams, agents, a model and its prices carry the run's name, so that the sums are
 * known whatever else the platform holds.
 *
 * The model costs 2, 0.20 and 10 USD for a million tokens of input, cache read and output:
 *
 *   main session, call 1:  1,000 × 2 + 10,000 × 0.20 +   500 × 10 = 9,000 millionths = 0.009   (reported 0.010)
 *                 call 2:  2,000 × 2                 + 1,000 × 10 = 14,000           = 0.014   (reported 0.014)
 *                 call 1 again, by a span: not counted
 *   unpriced session:      5,000 + 500 tokens of a model without a price             = 5,500 tokens unpriced
 *   risk session:         10,000 × 2                 + 2,000 × 10 = 40,000           = 0.040   (nothing reported)
 *
 * Payments: 0.023 computed, 0.024 reported, 14,500 priced and 5,500 unpriced tokens. Risk: 0.040.
 */
export async function seed(platform: Platform): Promise<World> {
  const run = randomUUID().slice(0, 6);
  const payments = `payments-${run}`;
  const risk = `risk-${run}`;
  const model = `spec-model-${run}`;
  const mystery = `mystery-model-${run}`;
  await publishPrices(platform, [price(model, "input", "2"), price(model, "cacheRead", "0.2"), price(model, "output", "10")]);
  const checkout = await addAgent(platform, { name: `checkout-${run}`, team: payments, feature: "checkout" });
  const scorer = await addAgent(platform, { name: `scorer-${run}`, team: risk });
  const sessions = { main: `main-${randomUUID()}`, unpriced: `unpriced-${randomUUID()}`, risk: `risk-${randomUUID()}` };
  const start = halfAnHourAgo();
  const provider = "example";
  const first = { key: "call-1", model, provider, tokens: { input: 1000, cacheRead: 10_000, output: 500 } };

  await report(platform, checkout, [
    ...new Recorder(
      {
        session: sessions.main,
        vendor: "claude-code",
        repo: "acme/checkout-api",
        branch: "fix/rounding",
        ticket: `PAY-${run}`,
        changekind: "bug",
      },
      start,
    )
      .started("claude-code")
      .prompt("Make the rounding right.")
      .call({ ...first, reportedCost: "0.01" })
      .call({ ...first, via: "span" })
      .tool("Edit", "ok", 120)
      .file("update", 12, 3)
      .prompt("And run the tests.")
      .call({ key: "call-2", model, provider, tokens: { input: 2000, output: 1000 }, reportedCost: "0.014" })
      .tool("Bash", "failed", 4200)
      .error("overloaded_error", 529)
      .response("Done.")
      .ended("completed").events,
    ...new Recorder({ session: sessions.unpriced, vendor: "claude-code", repo: "acme/checkout-api" }, start + 5 * MINUTE)
      .started("claude-code")
      .prompt("Try the other model.")
      .call({ key: "call-1", model: mystery, provider, tokens: { input: 5000, output: 500 } }).events,
  ]);
  await report(
    platform,
    scorer,
    new Recorder({ session: sessions.risk, vendor: "codex" }, start + 10 * MINUTE)
      .started("codex")
      .prompt("Score the batch.")
      .call({ key: "call-1", model, provider, tokens: { input: 10_000, output: 2000 } })
      .ended("failed").events,
  );
  await refused(platform, checkout);
  await until(
    () => get(platform, `/api/v1/sessions?team=${payments}&team=${risk}`) as Promise<{ items: { cost: string; outcome: string }[] }>,
    ({ items }) => items.length === 3 && items.some((item) => item.cost === "0.04" && item.outcome === "failed"),
    "the seeded sessions",
  );
  return { run, payments, risk, model, mystery, checkout, scorer, sessions };
}

const price = (model: string, meter: string, usdPerMillion: string): object => ({
  priceId: `console-tests/${model}/${meter}`,
  provider: "example",
  route: "*",
  model,
  meter,
  serviceTier: "standard",
  region: "*",
  usdPerMillion,
  from: "2020-01-01T00:00:00Z",
  to: null,
  kind: "list",
  seen: { uri: "https://example.com/prices", on: "2026-01-12" },
});

/** Three things that cannot be taken, for the quarantine. */
export async function refused(platform: Platform, agent: SeededAgent): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    await fetch(`${platform.url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${agent.key}`, "content-type": "application/cloudevents+json" },
      body: JSON.stringify({
        specversion: "1.0",
        id: randomUUID(),
        source: "/console-tests",
        type: "andon.session.tool.invoked.v1",
        data: {},
      }),
    });
  }
  await until(
    () => get(platform, `/api/v1/quarantine?state=held&agent=${agent.id}`) as Promise<{ items: unknown[] }>,
    ({ items }) => items.length === 3,
    "the quarantine entries",
  );
}

if (import.meta.main) console.log(JSON.stringify(await seed(platformOf(process.env)), null, 2));
