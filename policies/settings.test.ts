// lib/defaults_test.rego holds the defaults of all settings.json files for the policies' own tests, which see Rego alone.
// After a change of settings: `node policies/settings.test.ts --write`. What settings may look like is tested with their merging.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { PolicySettings } from "../schemas/policy-settings.ts";

const here = import.meta.dirname;
const file = join(here, "lib", "defaults_test.rego");
const policies = readdirSync(here)
  .filter((name) => existsSync(join(here, name, "settings.json")))
  .sort();

function defaultsFile(): string {
  const all: Record<string, Record<string, unknown>> = {};
  for (const name of policies) {
    const { policy, settings } = JSON.parse(readFileSync(join(here, name, "settings.json"), "utf8")) as PolicySettings;
    assert.equal(policy, name, "a policy's settings stand in the folder of its name");
    all[name] = Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, setting.default]));
  }
  return [
    "# The default settings of all policies, for their tests. Written by settings.test.ts from the settings.json files.",
    "package andon.lib.defaults",
    "",
    `settings := json.unmarshal(\`${JSON.stringify(all)}\`)`,
    "",
  ].join("\n");
}

if (process.argv.includes("--write")) writeFileSync(file, defaultsFile());

test("the defaults that policies are tested with are those of the settings", () => {
  assert.ok(policies.length >= 11, `only ${policies.length} policies have settings`);
  assert.equal(readFileSync(file, "utf8"), defaultsFile(), "run: node policies/settings.test.ts --write");
});

test("every policy is gathered by the decision, has a page and has tests", () => {
  const gathered = readFileSync(join(here, "decision", "decision.rego"), "utf8");
  for (const name of policies) {
    assert.ok(gathered.includes(`if policies.${name}.actions[action]`), `decision.rego does not gather ${name}`);
    for (const part of [`${name}.rego`, `${name}_test.rego`, `${name}.md`])
      assert.ok(existsSync(join(here, name, part)), `${name} has no ${part}`);
  }
});
