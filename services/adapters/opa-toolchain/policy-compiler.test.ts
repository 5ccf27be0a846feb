import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { PolicyCompiler, PolicyFiles, PolicyProblem } from "../../ports/policy-compiler.ts";
import { unpackBundle } from "./bundle.ts";
import { openPolicyCompiler } from "./policy-compiler.ts";

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const PATHS = ["budget/budget.rego", "budget/budget_test.rego", "budget/data.json", "lib/money.rego"];
const FILES: PolicyFiles = new Map(PATHS.map((path) => [path, fixture(`policies/${path}`).toString("utf8")]));
const one = (text: string, path = "p.rego"): PolicyFiles => new Map([[path, text]]);

let compiler: PolicyCompiler;
before(() => {
  compiler = openPolicyCompiler();
});
after(() => compiler[Symbol.asyncDispose]());

async function problemsOf(files: PolicyFiles, op: "build" | "check" | "test" = "check"): Promise<readonly PolicyProblem[]> {
  const answer = await compiler[op](files);
  assert.equal(answer.kind, "refused", JSON.stringify(answer));
  return answer.problems;
}

describe("building", () => {
  test("gives the bytes that OPA's own `opa build -b -t wasm` gives", async () => {
    const built = await compiler.build(FILES, { sources: false });
    assert.equal(built.kind, "ok", JSON.stringify(built));
    assert.equal(hash("sha256", built.value.bundle), hash("sha256", fixture("native.tar.gz")));
  });

  test("gives the same bytes again, in another process' place and whatever the order of the files", async () => {
    await using other = openPolicyCompiler();
    const [first, second] = [await compiler.build(FILES), await other.build(new Map([...FILES].reverse()))];
    assert.ok(first.kind === "ok" && second.kind === "ok");
    assert.deepEqual(first.value.bundle, second.value.bundle);
    assert.equal(first.value.digest, second.value.digest);
  });

  test("leaves the tests out and keeps the complete sources", async () => {
    const built = await compiler.build(FILES, { revision: "7" });
    assert.ok(built.kind === "ok");
    assert.deepEqual(built.value.entrypoints, ["budget/deny"]);
    const files = await unpackBundle(built.value.bundle);
    assert.deepEqual([...files.keys()], ["data.json", "budget/budget.rego", "lib/money.rego", "policy.wasm", ".manifest"]);
    const manifest = JSON.parse(Buffer.from(files.get(".manifest") ?? "").toString()) as {
      revision: string;
      wasm: { entrypoint: string }[];
      metadata: { sources: Record<string, string> };
    };
    assert.equal(manifest.revision, "7");
    assert.deepEqual(
      manifest.wasm.map(({ entrypoint }) => entrypoint),
      ["budget/deny"],
    );
    assert.equal(manifest.metadata.sources["budget/budget.rego"], FILES.get("budget/budget.rego"));
    assert.deepEqual(Object.keys(manifest.metadata.sources), ["budget/budget.rego", "lib/money.rego"]);
    // OPA compresses without a time: nothing else in the file would change from day to day.
    assert.equal(Buffer.from(built.value.bundle).readUInt32LE(4), 0);
    assert.ok(gunzipSync(built.value.bundle).length > 100_000);
  });

  test("takes entrypoints by name, and needs one", async () => {
    const named = await compiler.build(one("package p\n\nallow := true\n"), { entrypoints: ["p/allow"] });
    assert.ok(named.kind === "ok");
    assert.deepEqual(named.value.entrypoints, ["p/allow"]);
    assert.equal((await problemsOf(one("package p\n\nallow := true\n"), "build"))[0]?.code, "no_entrypoint");
    const wrong = await compiler.build(one("package p\n\nallow := true\n"), { entrypoints: ["p/deny"] });
    assert.ok(wrong.kind === "refused");
    assert.match(wrong.problems[0]?.message ?? "", /p\/deny.*does not refer to a rule/);
  });

  test("returns METADATA for the pages of the console", async () => {
    const checked = await compiler.check(FILES);
    assert.ok(checked.kind === "ok");
    assert.deepEqual(checked.value.warnings, []);
    assert.deepEqual(checked.value.outline.annotations[0], {
      path: "data.budget.deny",
      scope: "document",
      file: "budget/budget.rego",
      line: 13,
      title: "Spent budgets stop new work",
      description: "A team that has reached its limit starts nothing new.",
      entrypoint: true,
      relatedResources: ["https://example.org/budgets"],
      custom: { article: "3-II" },
    });
    assert.deepEqual(
      checked.value.outline.rules.map(({ path, kind, test: isTest }) => [path, kind, isTest]),
      [
        ["data.budget.deny", "rule", false],
        ["data.budget_test.spent", "function", false],
        ["data.budget_test.test_below_the_limit", "rule", true],
        ["data.budget_test.test_at_the_limit", "rule", true],
        ["data.lib.money.reaches", "function", false],
      ],
    );
  });
});

describe("checking", () => {
  test("names file, line, column and the line itself", async () => {
    const [problem] = await problemsOf(one("package p\n\nallow if {\n\tinput.x == nosuch\n}\n", "a/b.rego"));
    assert.deepEqual(problem, {
      code: "rego_unsafe_var_error",
      message: "var nosuch is unsafe",
      file: "a/b.rego",
      line: 4,
      column: 2,
      source: "\tinput.x == nosuch",
    });
  });

  test("finds every broken file at once", async () => {
    const files = new Map([
      ["a.rego", "package a\n\nx := {"],
      ["b.rego", "package b\n\ny := ["],
      ["c.rego", "package c"],
    ]);
    assert.deepEqual([...new Set((await problemsOf(files)).map(({ file }) => file))], ["a.rego", "b.rego"]);
  });

  test("is strict: unused variables and imports", async () => {
    const problems = await problemsOf(one("package p\n\nimport data.lib\n\nallow if {\n\ty := 1\n\tinput.x\n}\n"));
    assert.deepEqual(
      problems.map(({ message, line }) => [message, line]),
      [
        ["import data.lib unused", 3],
        ["assigned var y unused", 6],
      ],
    );
  });

  for (const call of [
    "http.send({})",
    "net.lookup_ip_addr(input.x)",
    "opa.runtime()",
    "time.now_ns()",
    'rand.intn("a", 2)',
    'uuid.rfc4122("a")',
    'sprintf("%s", [1])',
    'regex.split("a", "b")',
    'yaml.unmarshal("a")',
    "time.clock(1)",
    'crypto.sha256("a")',
    'semver.compare("1.0.0", "1.0.1")',
  ]) {
    test(`refuses ${call} by name, and says what to do instead`, async () => {
      const [problem, ...more] = await problemsOf(one(`package p\n\nx := ${call}\n`));
      assert.deepEqual([problem?.code, problem?.builtin, problem?.line, more.length], ["builtin_not_available", call.split("(")[0], 3, 0]);
      assert.ok((problem?.hint ?? "").length > 20);
    });
  }

  test("does not take a name that OPA does not have for a built-in", async () => {
    assert.equal((await problemsOf(one("package p\n\nx := no.such(1)\n")))[0]?.code, "rego_type_error");
  });

  test("refuses a rule in the place of data", async () => {
    const [problem] = await problemsOf(
      new Map([
        ["p.rego", "package budget\n\nlimits := 1\n"],
        ["data.json", '{"budget": {"limits": 2}}'],
      ]),
    );
    assert.match(problem?.message ?? "", /conflict/i);
  });

  test("warns about rules without METADATA, files that are not formatted, and texts in no order", async () => {
    const checked = await compiler.check(one('package p\n\nx :=   concat(",", {y | some y in input.z})\n'));
    assert.ok(checked.kind === "ok");
    assert.deepEqual(
      checked.value.warnings.map(({ code, line }) => [code, line]),
      [
        ["no_metadata", 3],
        ["not_formatted", undefined],
        ["unordered", 3],
      ],
    );
  });

  test("refuses bad data", async () => {
    const [list] = await problemsOf(
      new Map([
        ["p.rego", "package p"],
        ["data.json", "[1]"],
      ]),
    );
    assert.deepEqual([list?.code, list?.file], ["bad_data", "data.json"]);
    const [other] = await problemsOf(
      new Map([
        ["p.rego", "package p"],
        ["p.txt", "x"],
      ]),
    );
    assert.deepEqual([other?.code, other?.file], ["unknown_file", "p.txt"]);
  });
});

describe("testing", () => {
  test("gives each test's result, and what no test reached", async () => {
    const seen: string[] = [];
    const tested = await compiler.test(FILES, { progress: ({ name }) => seen.push(name) });
    assert.ok(tested.kind === "ok", JSON.stringify(tested));
    assert.deepEqual(
      tested.value.results.map(({ name, outcome }) => [name, outcome]),
      [
        ["data.budget_test.test_below_the_limit", "passed"],
        ["data.budget_test.test_at_the_limit", "passed"],
      ],
    );
    assert.equal(seen.length, 2);
    assert.deepEqual(
      tested.value.coverage.map(({ file, percent, uncoveredLines }) => [file, percent, uncoveredLines]),
      [
        ["budget/budget.rego", 100, []],
        ["lib/money.rego", 100, []],
      ],
    );
    const less = await compiler.test(FILES, { only: "below" });
    assert.ok(less.kind === "ok");
    assert.equal(less.value.results.length, 1);
    assert.deepEqual(less.value.coverage[0]?.uncoveredLines, [[13, 13]]);
  });

  test("shows where a test failed, with the values there", async () => {
    const broken = new Map([...FILES, ["budget/budget_test.rego", (FILES.get("budget/budget_test.rego") ?? "").replace("of 10", "of 11")]]);
    const tested = await compiler.test(broken, { only: "at_the_limit" });
    assert.ok(tested.kind === "ok");
    const [result] = tested.value.results;
    assert.equal(result?.outcome, "failed");
    assert.deepEqual([result?.at?.file, result?.at?.line], ["budget/budget_test.rego", 12]);
    assert.match(result?.at?.detail ?? "", /\{"payments has spent 10 of 10"\}/);
  });

  test("lists locals, printed lines, failed cases and skipped tests", async () => {
    const text = `package p_test

test_cases[note] if {
	some note, n in {"one": 1, "two": 2}
	print("case", n)
	n == 1
}

todo_test_later if false

test_error if {
	x := {k: v | some k in ["a"]; some v in [1, 2]}
	count(x) == 1
}
`;
    const tested = await compiler.test(one(text, "p_test.rego"));
    assert.ok(tested.kind === "ok", JSON.stringify(tested));
    const [cases, later, error] = tested.value.results;
    assert.deepEqual([cases?.outcome, cases?.failedCases, cases?.output], ["failed", ["two"], "case 1\ncase 2\n"]);
    assert.ok(
      cases?.at?.locals.some(({ name, value }) => name === "n" && value === "2"),
      JSON.stringify(cases?.at),
    );
    assert.equal(later?.outcome, "skipped");
    assert.equal(error?.outcome, "error");
    assert.match(error?.message ?? "", /object keys must be unique/);
  });

  test("ends a test that loops, one within a built-in too, and runs the others", async () => {
    const text = `package p_test

test_loop if {
	n := numbers.range(1, 20000)
	every a in n { every b in n { a + b > 0 } }
}

test_long_step if bits.lsh(1, 5000000) == 0

test_fine if true
`;
    const tested = await compiler.test(one(text, "p_test.rego"), { timeoutMs: 1_500 });
    assert.ok(tested.kind === "ok", JSON.stringify(tested));
    assert.deepEqual(
      tested.value.results.map(({ name, outcome }) => [name.split(".").at(-1), outcome]),
      [
        ["test_loop", "timeout"],
        ["test_long_step", "timeout"],
        ["test_fine", "passed"],
      ],
    );
  });

  test("ends a test that takes too much memory, and runs the others", async () => {
    const text = "package p_test\n\ntest_hungry if count(numbers.range(1, 100000000)) > 0\n\ntest_fine if true\n";
    await using small = openPolicyCompiler({ memoryBytes: 128 * 1024 * 1024 });
    const tested = await small.test(one(text, "p_test.rego"), { timeoutMs: 60_000 });
    assert.ok(tested.kind === "ok", JSON.stringify(tested));
    assert.deepEqual(
      tested.value.results.map(({ outcome, message }) => [outcome, message]),
      [
        ["error", "it takes too much memory and was stopped"],
        ["passed", undefined],
      ],
    );
  });
});

describe("formatting", () => {
  test("writes as OPA does, and changes nothing twice", async () => {
    const formatted = await compiler.format(one("package p\nallow   if{input.x==1}"));
    assert.ok(formatted.kind === "ok");
    assert.deepEqual([...formatted.value], [["p.rego", "package p\n\nallow if input.x == 1\n"]]);
    const again = await compiler.format(FILES);
    assert.ok(again.kind === "ok");
    for (const [path, text] of again.value) assert.equal(text, FILES.get(path));
  });
});

describe("input that nobody should send", () => {
  const start = "package p\n\nx := ";
  const cases: Record<string, [PolicyFiles, string]> = {
    "an empty file": [one(""), "rego_parse_error"],
    "half of a rule": [one("package p\n\nx := { if"), "rego_parse_error"],
    "10,000 levels": [one(`${start}${"[".repeat(10_000)}${"]".repeat(10_000)}`), "too_deep"],
    "10,000 levels in templates": [one(`${start}${'$"{'.repeat(10_000)}1${'}"'.repeat(10_000)}`), "too_deep"],
    "10,000 times not": [one(`package p\n\nx if { ${"not ".repeat(10_000)}input.y }`), "rego_parse_error"],
    "10 MB": [one(`${start}"${"x".repeat(10 * 1024 * 1024)}"`), "too_large"],
    "bytes that are no text": [one(Buffer.from([0xff, 0, 0xfe, 0x80]).toString("utf8")), "not_text"],
    "half of a surrogate pair": [one(`${start}"\ud800"`), "not_text"],
    "a path out of the folder": [one("package p", "../p.rego"), "bad_path"],
    "an absolute path": [one("package p", "/p.rego"), "bad_path"],
    "METADATA that is no YAML": [one("# METADATA\n# title: [\npackage p\n"), "rego_parse_error"],
    "a rule that calls itself": [one("package p\n\nf(a) := f(a)\n"), "rego_recursion_error"],
    "too many files": [new Map(Array.from({ length: 5_001 }, (_, n) => [`f${n}.rego`, "package p"])), "too_large"],
  };
  for (const [name, [files, code]] of Object.entries(cases)) {
    test(`${name} is refused`, async () => {
      assert.equal((await problemsOf(files))[0]?.code, code);
      assert.equal((await problemsOf(files, "build"))[0]?.code, code);
      assert.equal((await problemsOf(files, "test"))[0]?.code, code);
    });
  }

  test("what takes too long to compile is stopped, and the compiler still works", async () => {
    await using impatient = openPolicyCompiler({ patienceMs: 1_000 });
    const long = `package p\n\nx if { ${"every a in [1] { ".repeat(400)}true${" }".repeat(400)} }`;
    const answer = await impatient.check(one(long));
    assert.ok(answer.kind === "refused");
    assert.equal(answer.problems[0]?.code, "too_slow");
    assert.equal((await impatient.format(one("package p\n"))).kind, "ok");
  });

  test("a name that means something to JavaScript is a file like any other", async () => {
    const formatted = await compiler.format(
      new Map([
        ["__proto__", "package p\n"],
        ["__proto__.rego", "package p\n"],
      ]),
    );
    assert.ok(formatted.kind === "ok");
    assert.deepEqual([...formatted.value.keys()], ["__proto__.rego"]);
  });

  test("questions asked at once are answered one after the other", async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => compiler.format(one(`package p${n}\n`))));
    assert.deepEqual(
      answers.map((answer) => answer.kind === "ok" && [...answer.value.values()]),
      [["package p1\n"], ["package p2\n"], ["package p3\n"]],
    );
  });
});
