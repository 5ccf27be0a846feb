import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { CostAnswer, CostRow, SessionDetail, SessionPage, TotalsCheck } from "../../schemas/api.ts";
import { bodiesOf, readBody } from "../testing/read-capture.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

/**
 * What the scripted model answered in each recorded session, added up by hand, and its cost at list price:
 * - Claude Code, claude-opus-5-5 at 4 / 5 (5 min write) / 0.20 (read) / 20: 91×4 + 22,848×5 + 124,032×0.20 + 1,029×20 µUSD
 * - Copilot CLI, claude-sonnet-4.5 at 3 / 3.75 / 0.30 / 15: 91×3 + 22,848×3.75 + 124,032×0.30 + 1,029×15 µUSD
 * - Codex and Gemini: input 39,280 of which 28,288 cached; output 462 of which 160 reasoning, billed as output
 *   - gpt-5.5 at 5 / 0.50 (cached) / 30: 10,992×5 + 28,288×0.50 + 462×30 µUSD
 *   - gemini-2.5-pro at 1.25 / 0.125 (cached) / 10: 10,992×1.25 + 28,288×0.125 + 462×10 µUSD
 */
const RUNS = [
  {
    agent: "claude-payments",
    team: "payments",
    run: "claude-code/s1-json",
    feature: "checkout-discounts",
    model: "claude-opus-5-5",
    tokens: { input: 91, cacheRead: 124_032, cacheWrite: 22_848, output: 1_029, reasoning: 0 },
    cost: "0.1599904",
    reported: "0.1599904",
  },
  {
    agent: "copilot-web",
    team: "web",
    run: "copilot-cli/s1-proto",
    feature: null,
    model: "claude-sonnet-4.5",
    tokens: { input: 91, cacheRead: 124_032, cacheWrite: 22_848, output: 1_029, reasoning: 0 },
    cost: "0.1385976",
    reported: null,
  },
  {
    agent: "codex-risk",
    team: "risk",
    run: "codex/fix-json",
    feature: null,
    model: "gpt-5.5",
    tokens: { input: 10_992, cacheRead: 28_288, cacheWrite: 0, output: 302, reasoning: 160 },
    cost: "0.082964",
    reported: null,
  },
  {
    agent: "gemini-data",
    team: "data",
    run: "gemini-cli/fix-http-json",
    feature: null,
    model: "gemini-2.5-pro",
    tokens: { input: 10_992, cacheRead: 28_288, cacheWrite: 0, output: 302, reasoning: 160 },
    cost: "0.021896",
    reported: null,
  },
] as const;

let andon: Andon;
const keys = new Map<string, string>();

async function send(agent: string, run: string): Promise<void> {
  for (const file of bodiesOf(run)) {
    const signal = /-(logs|metrics|traces)\./.exec(file)?.[1];
    const type = /\.bin(\.gz)?$/.test(file) ? "application/x-protobuf" : "application/json";
    const headers = { authorization: `Bearer ${keys.get(agent)}`, "content-type": type };
    const response = await fetch(`${andon.url}/v1/${signal}`, { method: "POST", headers, body: Buffer.from(readBody(file)) });
    assert.equal(response.status, 200, `${file}: ${await response.clone().text()}`);
  }
}

const costs = (by: string) => andon.get<CostAnswer>(`/api/v1/costs?from=2026-11-01&to=2026-12-01&by=${by}`);
const tokensOf = ({ tokens }: CostRow) => Object.values(tokens).reduce((sum, count) => sum + count, 0);

before(async () => {
  andon = await startAndon();
  for (const { agent, team } of RUNS) keys.set(agent, (await andon.addAgent(agent, team)).key);
  for (const { agent, run } of RUNS) await send(agent, run);
});
after(() => andon[Symbol.asyncDispose]());

describe("four vendors' recorded sessions, reported with four keys", () => {
  const expected = RUNS.reduce((sum, { tokens }) => sum + Object.values<number>(tokens).reduce((all, count) => all + count, 0), 0);
  const settled = (answer: CostAnswer) => answer.rows.reduce((sum, row) => sum + tokensOf(row), 0) >= expected;

  for (const { team, model, tokens, cost, reported, feature } of RUNS) {
    test(`${team}: the buckets and the cost of the hand calculation`, async () => {
      const { rows } = await eventually(() => costs("team,feature,model"), settled);
      const mine = rows.filter((row) => row.team === team);
      assert.equal(mine.length, 1, JSON.stringify(mine));
      assert.deepEqual(mine[0]?.tokens, tokens);
      assert.equal(mine[0]?.model, model);
      if (feature !== null) assert.equal(mine[0]?.feature, feature);
      assert.equal(mine[0]?.cost, cost);
      assert.equal(mine[0]?.reportedCost, reported);
    });
  }

  test("sent again in full, nothing changes", async () => {
    const before = await eventually(() => costs("team,model"), settled);
    for (const { agent, run } of RUNS) await send(agent, run);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual((await costs("team,model")).rows, before.rows);
  });

  test("the event store, the raw rows and the rollup have the same totals", async () => {
    const check = await andon.get<TotalsCheck>("/api/v1/checks/totals");
    assert.equal(check.equal, true, JSON.stringify(check));
  });

  test("a session shows what the agent did, with every model call's cost and the tools it ran", async () => {
    const { items } = await andon.get<SessionPage>("/api/v1/sessions?from=2026-11-01&to=2026-12-01&team=payments");
    const session = items.find(({ id }) => id === "8d03ab29-8486-46ac-b339-6284a5ca539f");
    assert.equal(session?.modelCalls, 7);
    assert.equal(session?.cost, "0.1599904");
    const detail = await andon.get<SessionDetail>(`/api/v1/sessions/${session?.id}?agent=${session?.agent}`);
    const calls = detail.steps.filter(({ kind, cost }) => kind === "usage.recorded" && cost !== null && cost.events > 0);
    assert.ok(calls.length >= 7);
    const tools = detail.steps.filter(({ kind }) => kind === "tool.called").map(({ title }) => title);
    for (const tool of ["Read", "Bash", "Edit", "Write"])
      assert.ok(
        tools.some((title) => title.includes(tool)),
        `${tool} in ${tools}`,
      );
  });

  test("nothing that the agents said or read is in the answers or on disk in clear", async () => {
    // A sentence of the scripted model and a path, both in the telemetry that was sent.
    const clear = ["fractional cents", "/home/devs/proj/src/discount.js"];
    const found = await andon.get<unknown>("/api/v1/events?from=2026-11-01&to=2026-12-01&limit=200");
    for (const text of clear) assert.equal(JSON.stringify(found).includes(text), false, text);
    const { readdir, readFile } = await import("node:fs/promises");
    for (const entry of await readdir(andon.data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(`${entry.parentPath}/${entry.name}`).catch(() => Buffer.alloc(0));
      for (const text of clear) assert.equal(bytes.includes(text), false, `${text} in ${entry.parentPath}/${entry.name}`);
    }
  });
});
