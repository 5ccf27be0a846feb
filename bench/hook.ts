import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hookCaptures } from "../services/testing/read-hooks.ts";
import { quantile } from "./measure.ts";

/**
 * What a person waits for at every tool call of an agent whose hooks are commands: the whole process, from its start to its end,
 * against a platform that answers at once. Beside it, what nothing at all, curl alone and Node alone would cost. The goal is a
 * 95th percentile under 30 ms.
 */
const ROUNDS = 200;
const GOAL_MS = 30;

const script = join(import.meta.dirname, "../services/kit/hook/andon-hook.sh");
const payload = JSON.stringify(hookCaptures("codex").find(({ event }) => event === "PreToolUse")?.payload);
const home = mkdtempSync(join(tmpdir(), "andon-bench-"));
const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
writeFileSync(join(home, "hook.conf"), `url=${url}\nkey=andon_for-the-benchmark\n`, { mode: 0o600 });

const sides: Readonly<Record<string, readonly string[]>> = {
  "a process that does nothing": ["true"],
  "curl alone": ["curl", "--silent", "--data-binary", "@-", url],
  "Node alone": [process.execPath, "-e", "0"],
  "the hook command, dash": ["dash", script, "codex", "PreToolUse"],
  "the hook command, bash": ["bash", script, "codex", "PreToolUse"],
};

function run([program = "", ...args]: readonly string[]): Promise<number> {
  const started = performance.now();
  const env = { PATH: process.env["PATH"] ?? "", ANDON_HOOK_HOME: home };
  const child = spawn(program, args, { cwd: tmpdir(), env, stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.on("error", () => {});
  child.stdin.end(payload);
  return new Promise((done, fail) =>
    child
      .on("error", fail)
      .on("close", (code) => (code === 0 ? done(performance.now() - started) : fail(new Error(`${program}: ${code}`)))),
  );
}

const times = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, command] of Object.entries(sides)) times.get(name)?.push(await run(command));
}
server.close();
rmSync(home, { recursive: true });

const ms = (value: number): string => value.toFixed(1).padStart(7);
for (const [name, each] of times) {
  console.log(`${name.padEnd(32)} p50${ms(quantile(each, 0.5))} ms   p95${ms(quantile(each, 0.95))} ms   max${ms(Math.max(...each))} ms`);
}
const worst = Math.max(...["dash", "bash"].map((shell) => quantile(times.get(`the hook command, ${shell}`) ?? [], 0.95)));
console.log(`goal: p95 under ${GOAL_MS} ms: ${worst < GOAL_MS ? "reached" : "missed"} (${worst.toFixed(1)} ms)`);
process.exitCode = worst < GOAL_MS ? 0 : 1;
