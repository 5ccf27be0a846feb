import assert from "node:assert/strict";
import { test } from "node:test";
import type { CostAnswer, TotalsCheck } from "../../schemas/api.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

const EVENTS = 100_000;
const BATCH = 500;
const KILLS = 4;

/** Event n has n mod 7 + 1 input tokens and costs 4 dollars per million of them: sums are plain arithmetic. */
const inputOf = (n: number): number => (n % 7) + 1;

function batchOf(first: number): string {
  return JSON.stringify(
    Array.from({ length: BATCH }, (_, nth) => {
      const n = first + nth;
      return {
        specversion: "1.0",
        id: `event-${n}`,
        source: "load",
        type: "andon.session.usage.recorded.v2",
        time: new Date(Date.parse("2026-11-20T00:00:00Z") + n * 100).toISOString(),
        feature: `feature-${n % 5}`,
        data: {
          sessionId: `session-${n % 40}`,
          kind: "request",
          key: `call-${n}`,
          via: { signal: "event", name: "load", rank: 9 },
          provider: "anthropic",
          model: "claude-opus-5-5",
          convention: "disjoint",
          quality: "exact",
          tokens: { input: inputOf(n) },
        },
      };
    }),
  );
}

async function send(andon: Andon, key: string, body: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/cloudevents-batch+json" };
  const response = await fetch(`${andon.url}/api/v1/events`, { method: "POST", headers, body }).catch(() => null);
  if (response?.status === 202) {
    assert.deepEqual(((await response.json()) as { rejected: unknown[] }).rejected, []);
    return true;
  }
  assert.ok(response === null || response.status >= 500 || response.status === 429, `unexpected ${response?.status}`);
  return false;
}

test(`killed ${KILLS} times during ${EVENTS} events: nothing acknowledged is missing, nothing is doubled, every total agrees`, async () => {
  await using andon = await startAndon();
  const { key } = await andon.addAgent("load", "platform");
  const waiting = Array.from({ length: EVENTS / BATCH }, (_, nth) => nth * BATCH);
  const killAt = Array.from({ length: KILLS }, (_, nth) => Math.floor((waiting.length * (nth + 1)) / (KILLS + 1)));

  let sent = 0;
  let repeated = 0;
  while (waiting.length > 0) {
    const round = waiting.splice(0, 4);
    const kill = killAt.length > 0 && sent >= (killAt[0] as number);
    const posts = round.map(async (first) => ({ first, taken: await send(andon, key, batchOf(first)) }));
    if (kill) {
      killAt.shift();
      await new Promise((resolve) => setTimeout(resolve, 15));
      await andon.kill();
    }
    for (const { first, taken } of await Promise.all(posts)) {
      if (taken) sent += 1;
      else {
        // Unknown result: the producer sends the same ids again, as every producer does.
        waiting.push(first);
        repeated += 1;
      }
    }
    if (kill) await andon.restart();
    // Delivery is at least once: now and then a batch arrives twice although it was acknowledged.
    else if (sent % 16 === 0) await send(andon, key, batchOf(round[0] as number));
  }
  assert.equal(killAt.length, 0);

  const input = Array.from({ length: EVENTS }, (_, n) => inputOf(n)).reduce((sum, each) => sum + each, 0);
  const costs = (by: string) => andon.get<CostAnswer>(`/api/v1/costs?from=2026-11-19&to=2026-11-22&by=${by}`);
  const { rows } = await eventually(
    () => costs("feature"),
    ({ total }) => total.events >= EVENTS,
    60_000,
  );
  const { total } = await costs("feature");
  assert.equal(total.events, EVENTS, `${repeated} batches were sent again after an unknown result`);
  assert.equal(total.tokens.input, input);
  // 4 USD per million tokens
  assert.equal(total.cost, ((input * 4) / 1e6).toString());
  for (let feature = 0; feature < 5; feature++) {
    const expected = Array.from({ length: EVENTS }, (_, n) => n)
      .filter((n) => n % 5 === feature)
      .reduce((sum, n) => sum + inputOf(n), 0);
    assert.equal(rows.find((row) => row.feature === `feature-${feature}`)?.tokens.input, expected);
  }
  const check = await andon.get<TotalsCheck>("/api/v1/checks/totals");
  assert.equal(check.equal, true, JSON.stringify(check));

  await andon.stop();
  const rebuilt = await andon.cli("rebuild");
  assert.match(rebuilt, /rebuilt/);
  await andon.restart();
  assert.deepEqual((await costs("feature")).rows, rows);
});
