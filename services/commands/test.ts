import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkToolchain } from "../kit/check-toolchain.ts";
import { ensureChromium } from "../kit/ensure-chromium.ts";
import { ensureConsole } from "../kit/ensure-console.ts";
import { attempt } from "../kit/run.ts";
import { runNodeTests } from "../kit/run-node-tests.ts";
import { startAndon } from "../testing/start-andon.ts";

interface Result {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly output: string;
}

interface Step {
  readonly name: string;
  readonly about: string;
  run(): Promise<Result>;
}

/** A border check that read nothing passes without meaning; so many files are the least it must have seen. */
const LEAST_FILES_CRUISED = 120;

/**
 * Everything that has to hold before a change lands.
 * @param only names of steps; all of them when empty
 * @returns the exit code
 */
export async function test(root: string, only: readonly string[], print: (line: string) => void): Promise<number> {
  const steps = stepsIn(root, print);
  const unknown = only.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    print(`There is no step "${unknown.join('", "')}". Steps: ${steps.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const step of steps.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const start = performance.now();
    const result = await step.run().catch((error: unknown): Result => ({ passed: 0, failed: 1, output: String(error) }));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(
      `${result.failed > 0 ? "✗" : "✓"} ${step.name.padEnd(10)} ${step.about} (${result.passed} passed, ${result.failed} failed, ${seconds} s)`,
    );
    if (result.failed > 0) print(result.output);
    passed += result.passed;
    failed += result.failed;
  }
  print(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function stepsIn(root: string, print: (line: string) => void): Step[] {
  const bin = (name: string): string => join(root, "node_modules", name);
  const node =
    (script: string, ...args: string[]): (() => Promise<Result>) =>
    () =>
      check(attempt(process.execPath, [script, ...args], root));
  return [
    { name: "build", about: "the console builds", run: () => build(root, print) },
    { name: "types", about: "TypeScript is sound", run: node(bin("typescript/bin/tsc"), "-p", ".") },
    {
      name: "lint",
      about: "lint and format",
      run: () => check(attempt(bin("@biomejs/biome/bin/biome"), ["ci", "--colors=off", "."], root)),
    },
    {
      name: "borders",
      about: "folders import what they may",
      run: () => borders(root, bin("dependency-cruiser/bin/dependency-cruiser.mjs")),
    },
    { name: "dead", about: "no unused file, export or package", run: node(bin("knip/bin/knip.js"), "--no-progress") },
    { name: "generated", about: "committed schemas are what the code says", run: node("schemas/emit-json.ts", "--check") },
    {
      name: "console",
      about: "the console's types and accessibility hints",
      run: () => svelteCheck(root, bin("svelte-check/bin/svelte-check")),
    },
    { name: "policy", about: "policies are sound and formatted, and their tests pass", run: () => policies(root) },
    { name: "toolchain", about: "the policy toolchain is what its sources give", run: () => toolchain(root, print) },
    { name: "code", about: "unit, property, contract, crash and engine tests", run: () => runNodeTests(testFiles(root)) },
    {
      name: "browser",
      about: "the console on the real platform in Chromium",
      run: () => browser(root, bin("@playwright/test/cli.js"), print),
    },
  ];
}

const testFiles = (root: string): string[] =>
  globSync(["schemas/**/*.test.ts", "services/**/*.test.ts", "bench/**/*.test.ts", "policies/*.test.ts"], { cwd: root }).map((file) =>
    join(root, file),
  );

async function check(outcome: Promise<{ code: number; output: string }>): Promise<Result> {
  const { code, output } = await outcome;
  return code === 0 ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
}

/** The same commands that a policy engineer types; each test of a policy counts. */
async function policies(root: string): Promise<Result> {
  const { check: sound, fmt, test: prove } = await import("./policy.ts");
  const folder = join(root, "policies");
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const codes = [await sound(folder, { strict: true }, print), await fmt(folder, { check: true }, print)];
  codes.push(await prove(folder, { timeout: "10000", coverage: true }, print));
  const count = (mark: string): number => lines.filter((line) => line.startsWith(mark)).length;
  return { passed: count("✓ "), failed: Math.max(count("✗ "), codes.filter((code) => code !== 0).length), output: lines.join("\n") };
}

async function toolchain(root: string, print: (line: string) => void): Promise<Result> {
  const { fault, line } = await checkToolchain(root);
  print(`  ${line}`);
  return fault === null ? { passed: 1, failed: 0, output: "" } : { passed: 0, failed: 1, output: fault };
}

/** First of all: the console's generated messages are needed by the checks that follow. */
async function build(root: string, print: (line: string) => void): Promise<Result> {
  await ensureConsole(root, print);
  return { passed: 1, failed: 0, output: "" };
}

async function borders(root: string, cruise: string): Promise<Result> {
  const folders = ["services", "schemas", "bench", "dashboards/src"];
  const { code, output } = await attempt(
    process.execPath,
    [cruise, "--config", "services/dependency-rules.cjs", "--no-progress", ...folders],
    root,
  );
  const seen = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  if (code !== 0 || seen < LEAST_FILES_CRUISED) {
    return { passed: 0, failed: 1, output: `${output}\n${seen} modules were read, at least ${LEAST_FILES_CRUISED} are expected` };
  }
  return { passed: 1, failed: 0, output };
}

async function svelteCheck(root: string, command: string): Promise<Result> {
  return check(
    attempt(
      process.execPath,
      [command, "--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human"],
      join(root, "dashboards"),
    ),
  );
}

async function browser(root: string, cli: string, print: (line: string) => void): Promise<Result> {
  await ensureConsole(root, print);
  const chromium = await ensureChromium(root, print);
  const report = join(root, "test-results", "browser.json");
  await using andon = await startAndon();
  const platform = { ANDON_URL: andon.url, ANDON_TOKEN: andon.token, ANDON_CHROMIUM: chromium };
  const env = { ...process.env, ...platform, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const { code, output } = await attempt(
    process.execPath,
    [cli, "test", "--config", "dashboards/playwright.config.ts", "--reporter=line,json"],
    root,
    env,
  );
  const { stats } = JSON.parse(await readFile(report, "utf8")) as { stats: { expected: number; unexpected: number; flaky: number } };
  const failed = stats.unexpected + (code !== 0 && stats.unexpected === 0 ? 1 : 0);
  return { passed: stats.expected + stats.flaky, failed, output };
}
