import { createPrivateKey } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { readPolicies } from "../kit/read-policies.ts";
import { showProblem } from "../kit/show-problems.ts";
import type { PolicyAnswer, PolicyCoverage, PolicyProblem, PolicyTestResult } from "../ports/policy-compiler.ts";
import { policyTools } from "../wiring/policy-tools.ts";

type Print = (line: string) => void;
type Json = { readonly json?: boolean };

export interface BuildFlags extends Json {
  readonly out: string;
  readonly entrypoint?: readonly string[];
  readonly revision?: string;
  readonly key?: string;
  readonly keyId?: string;
}

/** Writes a bundle, signed if there is a key. */
export async function build(folder: string, flags: BuildFlags, print: Print): Promise<number> {
  if ((flags.key === undefined) !== (flags.keyId === undefined)) throw new Error("Signing needs both --key <file> and --key-id <name>.");
  const key = flags.key === undefined ? null : createPrivateKey(await readFile(flags.key));
  await using compiler = policyTools.openPolicyCompiler();
  const options = { entrypoints: flags.entrypoint ?? [], revision: flags.revision ?? "" };
  const answer = await compiler.build(await readPolicies(folder), options);
  if (answer.kind === "refused") return refuse(answer.problems, folder, flags, print);
  const { bundle, digest, entrypoints, warnings } = answer.value;
  const written = key && flags.keyId ? await policyTools.signBundle(bundle, { id: flags.keyId, key }) : bundle;
  await writeFile(flags.out, written);
  if (flags.json)
    print(JSON.stringify({ out: flags.out, bytes: written.length, digest, entrypoints, signedBy: flags.keyId ?? null, warnings }));
  else {
    print(`${flags.out}  ${written.length} bytes, ${flags.keyId ? `signed by ${flags.keyId}` : "not signed"}`);
    print(`  ${digest}`);
    for (const entrypoint of entrypoints) print(`  entrypoint ${entrypoint}`);
  }
  return 0;
}

/** Parses and compiles in strict mode. Exit code 1: something is wrong; warnings alone are no failure unless asked for. */
export async function check(folder: string, flags: Json & { readonly strict?: boolean }, print: Print): Promise<number> {
  await using compiler = policyTools.openPolicyCompiler();
  const answer = await compiler.check(await readPolicies(folder));
  if (answer.kind === "refused") return refuse(answer.problems, folder, flags, print);
  const { warnings, outline } = answer.value;
  if (flags.json) print(JSON.stringify(answer.value, null, 2));
  else {
    for (const warning of warnings) print(showProblem(warning, folder, "!"));
    print(`${outline.rules.length} rules are sound, ${warnings.length} warnings`);
  }
  return flags.strict && warnings.length > 0 ? 1 : 0;
}

export interface TestFlags extends Json {
  readonly only?: string;
  readonly timeout: string;
  readonly coverage?: boolean;
}

/** Runs the tests. Exit code 1: one failed, or the policies do not compile. */
export async function test(folder: string, flags: TestFlags, print: Print): Promise<number> {
  const timeoutMs = Number(flags.timeout);
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 600_000) throw new Error("--timeout is in milliseconds, 1 to 600000.");
  await using compiler = policyTools.openPolicyCompiler();
  const progress = flags.json ? () => {} : (result: PolicyTestResult): void => print(showResult(result, folder));
  const answer = await compiler.test(await readPolicies(folder), { only: flags.only ?? "", timeoutMs, progress });
  if (answer.kind === "refused") return refuse(answer.problems, folder, flags, print);
  const { results, coverage } = answer.value;
  const count = (...outcomes: PolicyTestResult["outcome"][]): number => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const failed = count("failed", "error", "timeout");
  if (flags.json) print(JSON.stringify(answer.value, null, 2));
  else {
    if (flags.coverage) for (const each of coverage) print(showCoverage(each, folder));
    print(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped; ${covered(coverage)} % of the lines covered`);
  }
  return failed > 0 ? 1 : 0;
}

/** Formats in place (`write`), or shows what would change; with `check` alone says only which files. */
export async function fmt(folder: string, flags: { readonly write?: boolean; readonly check?: boolean }, print: Print): Promise<number> {
  const files = await readPolicies(folder);
  await using compiler = policyTools.openPolicyCompiler();
  const answer = await compiler.format(files);
  if (answer.kind === "refused") return refuse(answer.problems, folder, {}, print);
  const changed = [...answer.value].filter(([path, text]) => files.get(path) !== text);
  for (const [path, text] of changed) {
    const place = join(folder, path);
    if (flags.write) await writeFile(place, text);
    print(flags.write || flags.check ? place : createTwoFilesPatch(place, place, files.get(path) ?? "", text, "", "formatted"));
  }
  if (changed.length === 0) print(`${answer.value.size} files are formatted`);
  return changed.length > 0 && !flags.write ? 1 : 0;
}

function refuse(problems: readonly PolicyProblem[], folder: string, { json }: Json, print: Print): number {
  if (json) print(JSON.stringify({ problems } satisfies Partial<Extract<PolicyAnswer<never>, { kind: "refused" }>>, null, 2));
  else {
    for (const problem of problems) print(showProblem(problem, folder));
    print(`${problems.length} problems`);
  }
  return 1;
}

function showResult({ name, file, line, outcome, durationNs, message, output, failedCases, at }: PolicyTestResult, folder: string): string {
  const mark = outcome === "passed" ? "✓" : outcome === "skipped" ? "-" : "✗";
  const lines = [`${mark} ${name} (${(durationNs / 1e6).toFixed(1)} ms)`];
  if (mark === "✗") lines.push(`    ${join(folder, file)}:${line}  ${message ?? outcome}`);
  if (failedCases) lines.push(`    failed cases: ${failedCases.join(", ")}`);
  if (at) lines.push(`    ${join(folder, at.file)}:${at.line}:${at.column}`, ...at.detail.trimEnd().split("\n").map(indented));
  if (mark === "✗" && output) lines.push("    printed:", ...output.trimEnd().split("\n").map(indented));
  return lines.join("\n");
}

const indented = (line: string): string => `      ${line.replaceAll("\t", "  ")}`;

function showCoverage({ file, percent, uncoveredLines }: PolicyCoverage, folder: string): string {
  const missing = uncoveredLines.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(", ");
  return `  ${String(Math.floor(percent)).padStart(3)} %  ${join(folder, file)}${missing ? `  not reached: ${missing}` : ""}`;
}

function covered(coverage: readonly PolicyCoverage[]): string {
  const sum = (of: (each: PolicyCoverage) => number): number => coverage.reduce((total, each) => total + of(each), 0);
  const [reached, missed] = [sum((each) => each.covered), sum((each) => each.uncovered)];
  return reached + missed === 0 ? "0" : ((100 * reached) / (reached + missed)).toFixed(1);
}
