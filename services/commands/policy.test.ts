import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { verifyBundle } from "../adapters/opa-toolchain/verify-bundle.ts";
import { buildProgram } from "./program.ts";

const fixtures = join(import.meta.dirname, "..", "adapters", "opa-toolchain", "fixtures", "policies");

describe("andon policy", () => {
  let folder: string;
  let policies: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "andon-policy-"));
    policies = join(folder, "policies");
    cpSync(fixtures, policies, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(...args: string[]): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const code = await buildProgram(folder, (line) => lines.push(line), ["node", "andon", "policy", ...args]);
    return { code, text: lines.join("\n") };
  }
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(join(policies, path), change(readFileSync(join(policies, path), "utf8")));

  test("check, test and fmt are content with sound policies, and take the project's own by default", async () => {
    mkdirSync(join(policies, "toolchain"));
    writeFileSync(join(policies, "toolchain", "broken.rego"), "not a policy");
    writeFileSync(join(policies, "budget", "budget.md"), "# Budget");
    assert.deepEqual(await run("check", "--strict"), { code: 0, text: "5 rules are sound, 0 warnings" });
    assert.deepEqual(await run("fmt", "--check"), { code: 0, text: "3 files are formatted" });
    const tested = await run("test", "--coverage");
    assert.equal(tested.code, 0);
    assert.match(tested.text, /✓ data\.budget_test\.test_at_the_limit/);
    assert.match(tested.text, /100 % {2}\S+budget\.rego\n.*\n2 passed, 0 failed, 0 skipped; 100\.0 % of the lines covered$/);
  });

  test("check says what is wrong, where, and what to do", async () => {
    edit("lib/money.rego", (text) => `${text}\nnow := time.now_ns()\n`);
    const { code, text } = await run("check");
    assert.equal(code, 1);
    assert.match(
      text,
      /lib\/money\.rego:9:8 {2}time\.now_ns answers differently.* \(builtin_not_available\)\n {4}9 │ now := time\.now_ns\(\)\n {4}→ /,
    );
  });

  test("test shows where a test failed", async () => {
    edit("budget/budget.rego", (text) => text.replace("has spent", "spent"));
    const { code, text } = await run("test");
    assert.equal(code, 1);
    assert.match(text, /✗ data\.budget_test\.test_at_the_limit/);
    assert.match(text, /1 passed, 1 failed/);
    const json = JSON.parse((await run("test", "--json")).text) as { results: { outcome: string }[] };
    assert.deepEqual(
      json.results.map(({ outcome }) => outcome),
      ["passed", "failed"],
    );
  });

  test("fmt shows a difference, and writes it when told to", async () => {
    const path = join(policies, "lib/money.rego");
    const clean = readFileSync(path, "utf8");
    edit("lib/money.rego", (text) => text.replace("if amount >= limit", "if   amount>=limit"));
    const shown = await run("fmt");
    assert.equal(shown.code, 1);
    assert.match(shown.text, /\n-reaches\(amount, limit\) if {3}amount>=limit\n\+reaches\(amount, limit\) if amount >= limit/);
    assert.equal((await run("fmt", "--write")).code, 0);
    assert.equal(readFileSync(path, "utf8"), clean);
  });

  test("build signs a bundle that is then verified", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = join(folder, "key.pem");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const out = join(folder, "bundle.tar.gz");
    const { code, text } = await run("build", "--out", out, "--key", key, "--key-id", "release", "--json");
    assert.equal(code, 0);
    const verdict = await verifyBundle(readFileSync(out), new Map([["release", publicKey]]));
    assert.equal(verdict.kind, "verified");
    assert.equal(verdict.bundle.digest, (JSON.parse(text) as { digest: string }).digest);
    await assert.rejects(run("build", "--out", out, "--key", key), /both --key <file> and --key-id/);
  });

  test("diff compares a folder with a bundle rule by rule", async () => {
    const bundle = join(folder, "bundle.tar.gz");
    await run("build", "--out", bundle);
    assert.equal((await run("diff", bundle, policies)).text, "no rule differs");
    edit("lib/money.rego", (text) => text.replace(">= limit", "> limit").replace("Whether an amount", "Whether a sum"));
    edit("budget/data.json", (text) => text.replace("10", "20"));
    edit("budget/budget.rego", (text) => `${text}\nnote := 1\n`);
    const { code, text } = await run("diff", bundle, policies);
    assert.equal(code, 0);
    assert.match(
      text,
      /~ data\.lib\.money\.reaches\n.*\n-reaches\(amount, limit\) if amount >= limit\n\+reaches\(amount, limit\) if amount > limit/,
    );
    assert.match(text, /~ data\.lib\.money\.reaches \(metadata\)\n[\s\S]*-title: Whether an amount[\s\S]*\+title: Whether a sum/);
    assert.match(text, /\+ data\.budget\.note/);
    assert.match(text, /~ data\.budget\.limits \(data\)\n.*\n-payments: 10\n\+payments: 20/);
    assert.match(text, /\n4 differences$/);
  });

  test("refuses what is not there", async () => {
    await assert.rejects(run("check", join(folder, "nowhere")), /cannot be read \(ENOENT\)/);
    mkdirSync(join(folder, "empty"));
    await assert.rejects(run("check", join(folder, "empty")), /There is no Rego file/);
    await assert.rejects(run("diff", policies, join(policies, "lib/money.rego")), /is no bundle: it is not a gzip file/);
    await assert.rejects(run("test", "--timeout", "soon"), /in milliseconds/);
  });
});
