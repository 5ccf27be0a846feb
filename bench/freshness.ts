import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CostAnswer } from "../schemas/api.ts";
import { startAndon } from "../services/testing/start-andon.ts";
import { agentEvents } from "./generate.ts";
import { quantile } from "./measure.ts";

/**
 * From published to visible in `/costs`, at 2,000 events a second for half a minute, on the whole platform as a process of
 * its own. Also what starting takes and what memory the platform and its nats-server hold under that load.
 */
const SECONDS = 30;
const BATCHES_PER_SECOND = 20;
const BATCH = 100;

const starting = performance.now();
await using andon = await startAndon();
console.log(`start to ready, empty: ${((performance.now() - starting) / 1000).toFixed(1)} s   goal under 10`);
const { key } = await andon.addAgent("bench", "platform");
const headers = { authorization: `Bearer ${key}`, "content-type": "application/cloudevents-batch+json" };

async function post(events: unknown[]): Promise<void> {
  const response = await fetch(`${andon.url}/api/v1/events`, { method: "POST", headers, body: JSON.stringify(events) });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
}

async function probe(nth: number): Promise<number> {
  const feature = `probe-${nth}`;
  const [usage] = agentEvents(1, 0) as { data: object }[];
  const start = performance.now();
  // A call of its own: a second report of a known call is not counted.
  await post([{ ...usage, id: feature, feature, time: new Date().toISOString(), data: { ...usage?.data, key: feature } }]);
  for (;;) {
    const { rows } = await andon.get<CostAnswer>(`/api/v1/costs?by=feature&feature=${feature}`);
    if (rows.length > 0) return performance.now() - start;
    await sleep(10);
  }
}

const latencies: Promise<number>[] = [];
const posts: Promise<void>[] = [];
let sent = 0;
const begin = performance.now();
for (let tick = 0; tick < SECONDS * BATCHES_PER_SECOND; tick++) {
  posts.push(post(agentEvents(BATCH, (sent += BATCH))));
  if (tick % 5 === 0) latencies.push(probe(tick));
  await sleep(Math.max(0, begin + ((tick + 1) * 1000) / BATCHES_PER_SECOND - performance.now()));
}
const held = memoryOf(andon.data);
await Promise.all(posts);
const visible = await Promise.all(latencies);
const seconds = (performance.now() - begin) / 1000;

console.log(`${sent} events in ${seconds.toFixed(1)} s: ${Math.round(sent / seconds)} events/s`);
console.log(`published to visible, ${visible.length} probes: p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms   goal p99 under 2000`);
console.log(`resident memory: platform ${held.platform} MiB, nats-server ${held.nats} MiB   goal together under 1024`);

function ms(q: number): number {
  return Math.round(quantile(visible, q));
}

/** By the data folder on their command lines. */
function memoryOf(data: string): { platform: number; nats: number } {
  const found = { platform: 0, nats: 0 };
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes(data)) continue;
      const resident = Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
      if (command.includes("nats")) found.nats += resident;
      else if (command.includes("main.ts")) found.platform += resident;
    } catch {
      // The process ended while we looked.
    }
  }
  return found;
}
