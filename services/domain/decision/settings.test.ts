import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import type { PolicyScope } from "../../../schemas/policy.ts";
import { PolicySettings, type SettingDeclaration, type SettingType, TIGHTENINGS, type Window } from "../../../schemas/policy-settings.ts";
import { faultInDeclaration, tightest } from "./setting-values.ts";
import { effectiveSettings, faultsInSettings, type SetAt } from "./settings.ts";

const about = { title: "T", help: "H." };
const declare = (type: SettingType, tighten: string, value: unknown, options?: string[]): SettingDeclaration =>
  ({ ...about, type, tighten, default: value, ...(options && { options }) }) as SettingDeclaration;

const TOOLS: PolicySettings = {
  policy: "tools",
  title: "Tools",
  settings: {
    hosts: declare("string_set", "intersect", ["a.test", "b.test", "c.test"]),
    forbidden: declare("string_set", "union", ["x.test"]),
    programs: declare("string_map", "union", { rm: ["deletes"] }),
    quorum: declare("integer", "max", 1),
    minutes: declare("integer", "min", 60),
    perMerge: declare("money", "min", null),
    sandbox: declare("choice", "max", "none", ["none", "process", "container", "vm"]),
    signed: declare("boolean", "or", false),
    deploys: declare("boolean", "and", true),
    hours: declare("windows", "intersect", [{ days: [1, 2, 3, 4, 5], from: 480, to: 1200 }]),
    lines: declare("integer_map", "min", { low: 400 }),
  },
};

const at = (kind: PolicyScope["kind"], settings: Record<string, unknown>): SetAt => ({
  scope: { kind, name: `a ${kind}` },
  settings: { tools: settings },
});
const merged = (...chain: SetAt[]) => effectiveSettings([TOOLS], chain).settings["tools"] as Record<string, unknown>;

describe("settings along a chain of scopes", () => {
  test("without any, the defaults hold", () => {
    assert.deepEqual(merged()["hosts"], ["a.test", "b.test", "c.test"]);
    assert.deepEqual(effectiveSettings([TOOLS], []).json, effectiveSettings([TOOLS], [at("org", {})]).json);
  });

  test("the organisation replaces a default, also by something looser", () => {
    assert.deepEqual(merged(at("org", { minutes: 600, hosts: ["d.test"] }))["minutes"], 600);
    assert.deepEqual(merged(at("org", { minutes: 600, hosts: ["d.test"] }))["hosts"], ["d.test"]);
  });

  for (const [setting, department, team, expected] of [
    ["hosts", ["c.test", "a.test"], ["b.test", "c.test"], ["c.test"]],
    ["forbidden", ["y.test"], ["z.test", "y.test"], ["x.test", "y.test", "z.test"]],
    ["programs", { rm: ["folder"], dd: ["disk"] }, { dd: ["deletes"] }, { dd: ["deletes", "disk"], rm: ["deletes", "folder"] }],
    ["quorum", 3, 2, 3],
    ["minutes", 30, 45, 30],
    ["perMerge", "12.50", "9.99", "9.99"],
    ["perMerge", "9.999999999999", "10", "9.999999999999"],
    ["sandbox", "container", "process", "container"],
    ["signed", true, false, true],
    ["deploys", false, true, false],
    ["hours", [{ days: [1, 2], from: 0, to: 600 }], [{ days: [2, 7], from: 540, to: 1440 }], [{ days: [2], from: 540, to: 600 }]],
    ["lines", { low: 500, high: 50 }, { high: 80 }, { low: 400, high: 50 }],
  ] as const) {
    test(`${setting}: ${JSON.stringify(department)} then ${JSON.stringify(team)} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(merged(at("department", { [setting]: department }), at("team", { [setting]: team }))[setting], expected);
    });
  }

  test("what is not declared, or does not fit any more, is left out", () => {
    assert.deepEqual(merged(at("team", { quorum: "three", gone: 1 })), merged());
  });

  test("the same settings have one digest, whatever the order of lists and keys", () => {
    const one = effectiveSettings([TOOLS], [at("org", { hosts: ["b", "a"], quorum: 2 })]);
    const other = effectiveSettings([TOOLS], [at("org", { quorum: 2, hosts: ["a", "b", "a"] })]);
    assert.equal(one.digest, other.digest);
    assert.match(one.digest, /^[0-9a-f]{64}$/);
  });
});

describe("setting what is looser", () => {
  const wider = [
    at("org", { hosts: ["a.test", "b.test"] }),
    at("department", { quorum: 2, signed: true, deploys: false, sandbox: "container", perMerge: "5" }),
  ];
  const team: PolicyScope = { kind: "team", name: "payments" };
  for (const [setting, value, says] of [
    ["hosts", ["a.test", "c.test"], /not allowed around it/],
    ["quorum", 1, /less than what is required/],
    ["minutes", 61, /more than what is allowed/],
    ["perMerge", "5.000000000001", /more than what is allowed/],
    ["perMerge", null, /more than what is allowed/],
    ["sandbox", "process", /less than what is required/],
    ["signed", false, /takes back a requirement/],
    ["deploys", true, /not permitted around it/],
    ["hours", [{ days: [6], from: 0, to: 60 }], /not allowed around it/],
    ["lines", { low: 401 }, /more than what is allowed/],
    ["hours", [{ days: [1], from: 1320, to: 360 }], /passes midnight as two/],
    ["nonsense", 1, /is no setting of tools/],
    ["quorum", "2", /integer/],
    ["sandbox", "jail", /must be one of: none, process, container, vm/],
  ] as const) {
    test(`${setting} = ${JSON.stringify(value)} is refused in words`, () => {
      const [fault, ...more] = faultsInSettings(TOOLS, wider, team, { [setting]: value });
      assert.deepEqual([fault?.setting, more.length], [setting, 0]);
      assert.match(fault?.message ?? "", says);
    });
  }

  test("what is as strict or stricter is taken", () => {
    const proposed = {
      hosts: ["b.test"],
      forbidden: ["q.test"],
      quorum: 2,
      minutes: 60,
      perMerge: "4.99",
      sandbox: "vm",
      signed: true,
      deploys: false,
      hours: [{ days: [5], from: 480, to: 1200 }],
      lines: { low: 10, other: 5 },
    };
    assert.deepEqual(faultsInSettings(TOOLS, wider, team, proposed), []);
  });

  test("the organisation may loosen a default, in the right form", () => {
    const org: PolicyScope = { kind: "org", name: "acme" };
    assert.deepEqual(faultsInSettings(TOOLS, [], org, { quorum: 0, minutes: 10_000, hosts: ["any.test"] }), []);
    assert.equal(faultsInSettings(TOOLS, [], org, { quorum: 1.5 }).length, 1);
  });
});

const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 });
const minute = fc.integer({ min: 0, max: 48 }).map((half) => half * 30);
const window = fc
  .record({ days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), from: minute, to: minute })
  .filter(({ from, to }) => from < to);
const OPTIONS = ["none", "process", "container", "vm"];
const VALUES: Readonly<Record<SettingType, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  integer: fc.integer({ min: -5, max: 5 }),
  money: fc.integer({ min: 0, max: 500 }).map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`),
  choice: fc.constantFrom(...OPTIONS),
  string_set: names,
  string_map: fc.dictionary(fc.constantFrom("k", "l"), names),
  integer_map: fc.dictionary(fc.constantFrom("k", "l"), fc.integer({ min: 0, max: 5 })),
  windows: fc.array(window, { maxLength: 3 }),
};

/** Whether everything that the stricter value lets happen, the looser one does too. Written without what is tested. */
function within({ type, tighten }: SettingDeclaration, strict: unknown, loose: unknown): boolean {
  const subset = (a: readonly string[], b: readonly string[]) => a.every((each) => b.includes(each));
  const less = (a: number, b: number) => (tighten === "min" ? a <= b : a >= b);
  switch (type) {
    case "boolean":
      return tighten === "or" ? strict === true || loose === false : strict === false || loose === true;
    case "integer":
      return less(strict as number, loose as number);
    case "money":
      return less(Number(strict), Number(loose));
    case "choice":
      return OPTIONS.indexOf(strict as string) >= OPTIONS.indexOf(loose as string);
    case "string_set":
      return tighten === "intersect" ? subset(strict as string[], loose as string[]) : subset(loose as string[], strict as string[]);
    case "string_map": {
      const [small, large] = (tighten === "intersect" ? [strict, loose] : [loose, strict]) as Record<string, string[]>[];
      return Object.entries(small ?? {}).every(([key, list]) => large?.[key] !== undefined && subset(list, large[key]));
    }
    case "integer_map":
      return Object.entries(loose as Record<string, number>).every(([key, n]) =>
        less((strict as Record<string, number>)[key] ?? Number.NaN, n),
      );
    case "windows": {
      const open = (windows: readonly Window[], day: number, when: number) =>
        windows.some(({ days, from, to }) => days.includes(day) && from <= when && when < to);
      const [small, large] = (tighten === "intersect" ? [strict, loose] : [loose, strict]) as Window[][];
      for (let day = 1; day <= 7; day++) {
        for (let when = 0; when < 1440; when += 30) if (open(small ?? [], day, when) && !open(large ?? [], day, when)) return false;
      }
      return true;
    }
  }
}

describe("properties of tightening", () => {
  for (const [type, ways] of Object.entries(TIGHTENINGS) as [SettingType, readonly string[]][]) {
    for (const tighten of ways) {
      const declaration = declare(type, tighten, null, type === "choice" ? OPTIONS : undefined);

      test(`${type} by ${tighten}: no scope of any chain loosens`, () => {
        const chain = fc.array(fc.option(VALUES[type], { nil: null }), { minLength: 1, maxLength: 4 });
        fc.assert(
          fc.property(chain, VALUES[type], (wide, narrow) => {
            const kinds = ["org", "department", "team"] as const;
            const sets = wide
              .slice(0, 3)
              .map((value, nth) => ({ scope: { kind: kinds[nth] ?? "team", name: "n" }, settings: { p: { s: value } } }));
            const policies = [{ policy: "p", title: "P", settings: { s: declaration } }];
            const before = effectiveSettings(policies, sets).settings["p"]?.["s"];
            const last = { scope: { kind: "repo" as const, name: "r" }, settings: { p: { s: narrow } } };
            const after = effectiveSettings(policies, [...sets, last]).settings["p"]?.["s"];
            assert.ok(before === null || within(declaration, after, before), `${JSON.stringify(before)} became ${JSON.stringify(after)}`);
            assert.ok(within(declaration, after, narrow), `${JSON.stringify(narrow)} became ${JSON.stringify(after)}`);
          }),
        );
      });

      test(`${type} by ${tighten}: order and repetition change nothing`, () => {
        fc.assert(
          fc.property(VALUES[type], VALUES[type], VALUES[type], (a, b, c) => {
            const merge = (one: unknown, other: unknown) => tightest(declaration, one, other);
            assert.deepEqual(merge(a, b), merge(b, a));
            assert.deepEqual(merge(merge(a, b), c), merge(a, merge(b, c)));
            assert.deepEqual(merge(merge(a, b), b), merge(a, b));
          }),
        );
      });
    }
  }
});

describe("the settings of the shipped policies", () => {
  const root = join(import.meta.dirname, "..", "..", "..", "policies");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("settings.json"));
  const checker = Compile(PolicySettings);
  for (const file of files) {
    test(file, () => {
      const declared = JSON.parse(readFileSync(join(root, file), "utf8"));
      assert.deepEqual([...checker.Errors(declared)], []);
      for (const [name, declaration] of Object.entries((declared as PolicySettings).settings))
        assert.equal(faultInDeclaration(declaration), null, name);
    });
  }
});
