import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openOpaEngine } from "../services/adapters/opa/engine.ts";
import { openSqliteEventStore } from "../services/adapters/sqlite/event-store.ts";
import { replayMany } from "../services/decide/replay-many.ts";
import { canonicalJson } from "../services/domain/canonical-json.ts";
import { effectiveSettings } from "../services/domain/decision/settings.ts";
import { AGENT, bundleOf, decideWorld } from "../services/testing/decide-world.ts";
import { startAndon } from "../services/testing/start-andon.ts";
import { policyTools } from "../services/wiring/policy-tools.ts";
import { format, quantile } from "./measure.ts";

/**
 * What a decision costs: the shipped policies on inputs of 2 KB; a decision over HTTP, recorded with its fsyncs before the
 * answer, at a steady 200 a second; and replaying recorded decisions against a candidate, per second of one core. The load
 * comes from this process, so server and load share the machine. `node bench/decide.ts engine` runs one part.
 */
const only = process.argv[2];
const us = (ms: number): string => `${format(ms * 1000)} µs`;
const ms = (value: number): string => `${value.toFixed(2)} ms`;

const call = (resource: object, action = "tool.call") => ({ action, resource, context: { workspace: "/w", cwd: "/w" } });
const padding = { note: "x".repeat(1200) };
const CASES = {
  "a file is read": call({ tool: "Read", class: "read", paths: ["/w/src/a.ts"], arguments: padding }),
  "a command runs": call({ tool: "Bash", class: "execute", command: "npm test -- --grep 'pay' && git status", arguments: padding }),
  "a disk would be wiped": call({ tool: "Bash", class: "execute", command: "sudo rm -rf /", arguments: padding }),
  "a model is called": call({ provider: "anthropic", model: "claude-opus-5-5", promptTokens: 90_000 }, "model.call"),
};

if (only === undefined || only === "engine") await benchEngine();
if (only === undefined || only === "http") await benchHttp();
if (only === undefined || only === "replay") await benchReplay();

async function benchEngine(): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const shipped = readFileSync(join(import.meta.dirname, "..", "policies", "shipped.tar.gz"));
  const opened = await policyTools.bundleOpener(new Map([["k", publicKey]]))(
    await policyTools.signBundle(shipped, { id: "k", key: privateKey }),
  );
  if (opened.kind === "refused") throw new Error(opened.reason);
  await using engine = openOpaEngine();
  const loaded = await engine.load(opened.bundle);
  if (loaded.kind === "unusable") throw new Error(loaded.reason);
  const data = effectiveSettings(opened.bundle.policies, []);
  for (const [name, { action, resource, context }] of Object.entries(CASES)) {
    const input = canonicalJson({
      action: { name: action },
      resource,
      context,
      agent: { id: "a", name: "A", team: "payments", vendor: "claude-code", autonomy: { level: 2, state: "active" } },
      scope: { org: "acme", department: null, team: "payments", repo: "acme/pay", feature: null },
      session: { id: "s", denials: 0, sameDenied: 0 },
      time: { utc: "2026-11-20T12:00:00.000Z", date: "2026-11-20", weekday: 5, minute: 540, zone: "America/Sao_Paulo" },
      state: { line: [], budgets: [], approval: null, holdback: null },
    });
    const question = { policy: opened.bundle.digest, data, input };
    const times: number[] = [];
    for (let n = 0; n < 5_500; n++) {
      const start = performance.now();
      await engine.evaluate([question]);
      if (n >= 500) times.push(performance.now() - start);
    }
    console.log(
      `engine: ${name.padEnd(24)} ${String(input.length).padStart(5)} B   p50 ${us(quantile(times, 0.5))}   p99 ${us(quantile(times, 0.99))}`,
    );
  }
}

async function benchHttp(): Promise<void> {
  const [perSecond, seconds] = [200, 10];
  await using andon = await startAndon();
  const { key } = await andon.addAgent("bench", "payments");
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ ...CASES["a command runs"], session: "bench" });
  const ask = async (): Promise<number> => {
    const start = performance.now();
    const response = await fetch(`${andon.url}/api/v1/decisions`, { method: "POST", headers, body });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return performance.now() - start;
  };
  for (let n = 0; n < 200; n++) await ask();
  const asked: Promise<number>[] = [];
  const begin = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = begin + (n * 1000) / perSecond - performance.now();
    if (due > 1) await sleep(due);
    asked.push(ask());
  }
  const times = await Promise.all(asked);
  console.log(
    `http: ${perSecond}/s, recorded with fsync     p50 ${ms(quantile(times, 0.5))}   p95 ${ms(quantile(times, 0.95))}   p99 ${ms(quantile(times, 0.99))}`,
  );
}

async function benchReplay(): Promise<void> {
  const decisions = 10_000;
  const dir = await mkdtemp(join(tmpdir(), "andon-bench-"));
  try {
    await using store = await openSqliteEventStore({ file: join(dir, "events.db") });
    await using world = await decideWorld({ store });
    for (let n = 0; n < decisions; n += 200) {
      await Promise.all(
        Array.from({ length: 200 }, (_, k) => world.call({ arguments: padding, command: `ls ${n + k}` }, { session: `s${k % 20}` }, AGENT)),
      );
    }
    const candidate = await world.book.shelf.open(bundleOf("candidate"));
    if (candidate.kind === "refused") throw new Error(candidate.reason);
    const period = { from: "2026-01-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
    await using sandbox = openOpaEngine();
    for (let round = 0; round < 5; round++) {
      const [before, start] = [process.cpuUsage(), performance.now()];
      const report = await replayMany({ ...world.deps, sandbox }, candidate.bundle, period, () => {}, AbortSignal.timeout(600_000));
      const { user, system } = process.cpuUsage(before);
      const elapsed = (performance.now() - start) / 1000;
      const cores = (user + system) / 1e6;
      console.log(
        `replay: ${report.decisions} decisions   ${format(report.decisions / elapsed)}/s by the clock   ${format(report.decisions / cores)} per second of one core, all threads counted`,
      );
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
