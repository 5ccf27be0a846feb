// Every policy's settings.json says of each setting what it is, which way it may be tightened, its default and one sentence of
// help. lib/defaults_test.rego holds the same defaults for the policies' own tests: `node policies/settings.test.ts --write`.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const here = import.meta.dirname;
const policies = readdirSync(here)
  .filter((name) => existsSync(join(here, name, "settings.json")))
  .sort();
const read = (name: string): Settings => JSON.parse(readFileSync(join(here, name, "settings.json"), "utf8")) as Settings;

interface Setting {
  readonly title: string;
  readonly type: string;
  readonly tighten: string;
  readonly default: unknown;
  readonly help: string;
}
interface Settings {
  readonly policy: string;
  readonly title: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a value of each type is, and which ways of tightening it knows. */
const TYPES: Record<string, { readonly is: (value: unknown) => boolean; readonly tighten: readonly string[] }> = {
  string_set: { is: isStrings, tighten: ["intersect", "union"] },
  string_map: { is: (value) => isObject(value) && Object.values(value).every(isStrings), tighten: ["intersect", "union"] },
  integer: { is: Number.isInteger, tighten: ["min", "max"] },
  integer_map: { is: (value) => isObject(value) && Object.values(value).every(Number.isInteger), tighten: ["min", "max"] },
  boolean: { is: (value) => typeof value === "boolean", tighten: ["or"] },
  windows: { is: Array.isArray, tighten: ["intersect", "union", "windows"] },
};

function defaultsFile(): string {
  const all = Object.fromEntries(
    policies.map((name) => [name, Object.fromEntries(Object.entries(read(name).settings).map(([key, one]) => [key, one.default]))]),
  );
  return [
    "# The default settings of all policies, for their tests. Written by settings.test.ts from the settings.json files.",
    "package andon.lib.defaults",
    "",
    `settings := json.unmarshal(\`${JSON.stringify(all)}\`)`,
    "",
  ].join("\n");
}

const file = join(here, "lib", "defaults_test.rego");
if (process.argv.includes("--write")) {
  writeFileSync(file, defaultsFile());
}

test("there are settings to look at", () => {
  assert.ok(policies.length >= 11, `only ${policies.length} policies have settings`);
});

for (const name of policies) {
  test(`the settings of ${name} say what they are`, () => {
    const { policy, title, settings } = read(name);
    assert.equal(policy, name);
    assert.match(title, /^[A-Z].{2,40}$/);
    for (const [key, setting] of Object.entries(settings)) {
      const type = TYPES[setting.type];
      assert.match(key, /^[a-z][a-z0-9_]*$/);
      assert.ok(type, `${key}: unknown type ${setting.type}`);
      assert.ok(type.tighten.includes(setting.tighten), `${key}: ${setting.type} is not tightened by ${setting.tighten}`);
      assert.ok(type.is(setting.default), `${key}: its default is no ${setting.type}`);
      assert.match(setting.title, /^[A-Z].{2,39}$/, `${key}: a title is short`);
      assert.match(setting.help, /^[A-Z].*\.$/, `${key}: help is one sentence`);
      assert.deepEqual(Object.keys(setting).sort(), ["default", "help", "tighten", "title", "type"]);
    }
  });
}

test("the defaults that the policies are tested with are those of the settings", () => {
  assert.equal(readFileSync(file, "utf8"), defaultsFile(), "run: node policies/settings.test.ts --write");
});
