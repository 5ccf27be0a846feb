import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import * as driver from "@open-policy-agent/opa-wasm";
import type { PolicyCompiler } from "../../ports/policy-compiler.ts";
import { unpackBundle } from "./bundle.ts";
import { openPolicyCompiler } from "./policy-compiler.ts";

interface Loaded {
  evaluate(input: unknown): readonly { readonly result: Readonly<Record<string, unknown>> }[];
}
const { loadPolicy } = (driver as unknown as { readonly default: { loadPolicy(wasm: Uint8Array): Promise<Loaded> } }).default;

/**
 * Expressions that call each built-in function, with ordinary and with awkward values; `i` is the input. Sets are sorted
 * first, and objects have one key: the order in which `concat`, `json.marshal` and the answer itself write sets and keys is
 * another in the runtime than in the tests (the same each time in both).
 */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  assign: ["[x | x := 1]"],
  eq: ["[x | [x, 2] = [1, 2]]"],
  equal: ["1 == 1.0", '"é" == "e\\u0301"', "{1, 2} == {2, 1}"],
  neq: ['1 != "1"'],
  gt: ['"b" > "a"', "[2] > [1, 9]", "{1} > null"],
  gte: ["2 >= 2.0"],
  lt: ["1 < 2", "9007199254740993 < 9007199254740992"],
  lte: ['"a" <= "ä"'],
  plus: ["1 + 2", "0.1 + 0.2", "i.big + 1"],
  minus: ["1 - 2", "{1, 2, 3} - {2}"],
  mul: ["3 * 4", "1.5 * 1.5"],
  div: ["9 / 3", "1 / 4"],
  rem: ["7 % 3", "-7 % 3"],
  abs: ["abs(-3)", "abs(-0.5)"],
  round: ["round(2.5)", "round(-2.5)", "round(1.4)"],
  ceil: ["ceil(1.1)", "ceil(-1.1)"],
  floor: ["floor(1.9)", "floor(-1.1)"],
  "numbers.range": ["numbers.range(1, 4)", "numbers.range(3, 1)"],
  to_number: ['to_number("12.5")', "to_number(true)", "to_number(null)"],
  "bits.and": ["bits.and(6, 3)"],
  "bits.or": ["bits.or(6, 3)"],
  "bits.xor": ["bits.xor(6, 3)"],
  "bits.negate": ["bits.negate(6)"],
  "bits.lsh": ["bits.lsh(1, 10)"],
  "bits.rsh": ["bits.rsh(1024, 3)"],
  concat: ['concat("/", ["a", "é", ""])', 'concat(",", sort({"b", "a"}))'],
  contains: ['contains("abc", "b")', 'contains("", "")'],
  endswith: ['endswith("main.rego", ".rego")'],
  format_int: ["format_int(255, 16)", "format_int(7.9, 2)"],
  indexof: ['indexof("aéb", "b")', 'indexof("a", "z")'],
  lower: ['lower("ABC")'],
  upper: ['upper("abc")'],
  replace: ['replace("a.b.c", ".", "/")'],
  split: ['split("a,b,,c", ",")', 'split("abc", "")', 'split("", ",")'],
  startswith: ['startswith("/etc/passwd", "/etc/")'],
  "strings.replace_n": ['strings.replace_n({"<": "&lt;", ">": "&gt;"}, "<b>")'],
  "strings.reverse": ['strings.reverse("abé")'],
  substring: ['substring("abcdef", 2, 3)', 'substring("aéb", 1, -1)', 'substring("ab", 1, 9)'],
  trim: ['trim("--a--", "-")'],
  trim_left: ['trim_left("--a--", "-")'],
  trim_prefix: ['trim_prefix("refs/heads/main", "refs/heads/")'],
  trim_right: ['trim_right("--a--", "-")'],
  trim_space: ['trim_space(" \\t a \\n")'],
  trim_suffix: ['trim_suffix("a.rego", ".rego")'],
  "internal.template_string": ['$"{i.team} spent {i.spent} of {1.5}, {[1, "a"]} {{"k": true}} {null}"', '$"{i.missing}."'],
  "glob.match": [
    'glob.match("src/**/*.ts", ["/"], "src/a/b/c.ts")',
    'glob.match("*.{js,ts}", [], "a.ts")',
    'glob.match("a?c", null, "abc")',
  ],
  "regex.find_all_string_submatch_n": ['regex.find_all_string_submatch_n(`(\\w)=(\\d+)`, "a=1 b=22", -1)'],
  "regex.is_valid": ['regex.is_valid("(")', 'regex.is_valid("a+")'],
  "regex.match": ['regex.match(`(?i)^RM\\s+-rf`, "rm -rf /")', 'regex.match(`^\\p{L}+$`, "çã")'],
  "base64.decode": ['base64.decode("YcOp")'],
  "base64.encode": ['base64.encode("aé")'],
  "base64.is_valid": ['base64.is_valid("a?")'],
  "base64url.decode": ['base64url.decode("Pz8_")'],
  "base64url.encode": ['base64url.encode("???")'],
  and: ["{1, 2} & {2, 3}"],
  or: ["{1} | {2}"],
  "array.concat": ["array.concat([1], [2])"],
  "array.flatten": ["array.flatten([[1], 2, [[3]]])"],
  "array.reverse": ["array.reverse([1, 2, 3])"],
  "array.slice": ["array.slice([1, 2, 3, 4], 1, 3)", "array.slice([1], -1, 9)"],
  count: ['count("aé")', "count({1, 2})", 'count({"a": 1})'],
  "graph.reachable": ['sort(graph.reachable({"a": ["b"], "b": ["a"], "c": []}, {"a"}))'],
  intersection: ["intersection({{1, 2}, {2, 3}})"],
  "internal.member_2": ['"a" in ["a", "b"]'],
  "internal.member_3": ['"k", 1 in {"k": 1}'],
  "json.filter": ['json.filter({"a": {"b": 1, "c": 2}}, ["a/b"])'],
  "json.is_valid": ['json.is_valid("{]")', 'json.is_valid("[1]")'],
  "json.marshal": ['json.marshal([{"b": 1.50}, null, "é"])'],
  "json.remove": ['json.remove({"a": {"b": 1, "c": 2}}, ["a/b"])'],
  "json.unmarshal": ['json.unmarshal("{\\"a\\": 1.50}")'],
  max: ["max([1, 3, 2])", 'max({"a", "b"})'],
  min: ["min([3, 1, 2])"],
  "object.filter": ['object.filter({"a": 1, "b": 2}, ["a"])'],
  "object.get": ['object.get({"a": {"b": 1}}, ["a", "b"], 0)', 'object.get({"a": 1}, "z", "none")'],
  "object.keys": ['sort(object.keys({"a": 1, "b": 2}))'],
  "object.remove": ['object.remove({"a": 1, "b": 2}, ["a"])'],
  "object.union": ['object.union({"a": {"x": 1}}, {"a": {"y": 2}})'],
  "object.union_n": ['object.union_n([{"a": 1}, {"a": 2}, {"b": 3}])'],
  product: ["product([2, 3, 4])"],
  sort: ['sort([3, "a", 1, null, [1]])'],
  sum: ["sum([1, 2.5])", "sum([])"],
  union: ["union({{1}, {2}})"],
  walk: ['[[p, v] | walk({"a": [1, {"b": 2}]}, [p, v])]'],
  is_array: ["is_array([])", "[x | x := is_array({})]"],
  is_boolean: ["is_boolean(false)"],
  is_null: ["is_null(null)"],
  is_number: ["is_number(1)"],
  is_object: ["is_object({})"],
  is_set: ["is_set(set())"],
  is_string: ['is_string("")'],
  type_name: ["type_name(set())", "type_name(1.5)"],
  "net.cidr_contains": ['net.cidr_contains("10.0.0.0/8", "10.1.2.3")', 'net.cidr_contains("10.0.0.0/8", "11.0.0.0/24")'],
  "net.cidr_intersects": ['net.cidr_intersects("192.168.0.0/16", "192.168.1.0/24")'],
  "rego.metadata.rule": ["rego.metadata.rule().title"],
  "rego.metadata.chain": ["count(rego.metadata.chain())"],
  print: ['count([x | print("seen"); x := 1])'],
};
/** Called by what the compiler puts in place of `print`, in tests alone. */
const ONLY_IN_TESTS = ["internal.print"];

const INPUT = { team: "payments", spent: 12.5, big: 9007199254740 };

describe("the built-in functions that policies may call", () => {
  let compiler: PolicyCompiler;
  before(() => {
    compiler = openPolicyCompiler();
  });
  after(() => compiler[Symbol.asyncDispose]());

  test("are all tried here", () => {
    const listed = readFileSync(new URL("../../../policies/toolchain/builtins.txt", import.meta.url), "utf8");
    const names = listed.split("\n").map((line) => line.replace(/#.*/, "").trim());
    assert.deepEqual(names.filter((name) => name !== "" && !ONLY_IN_TESTS.includes(name)).sort(), Object.keys(CALLS).sort());
  });

  test("answer in the runtime that takes decisions what they answer in the tests", async () => {
    const calls = Object.entries(CALLS).flatMap(([name, expressions]) => expressions.map((expression) => ({ name, expression })));
    const rules = calls.map(
      ({ expression }, nth) =>
        `# METADATA\n# title: call ${nth}\nresult[${nth}] := y if {\n\ti := input\n\ti != null\n\ty := ${expression}\n}\n`,
    );
    const policy = `# METADATA\n# entrypoint: true\npackage calls\n\n${rules.join("\n")}`;
    const built = await compiler.build(new Map([["calls.rego", policy]]));
    assert.equal(built.kind, "ok", JSON.stringify(built, null, 1));
    const wasm = (await unpackBundle(built.value.bundle)).get("policy.wasm") as Uint8Array;
    const [answer] = (await loadPolicy(wasm)).evaluate(INPUT);
    const result = answer?.result["result"] as Readonly<Record<string, unknown>>;
    for (const [nth, { name, expression }] of calls.entries()) assert.ok(String(nth) in result, `${name}: ${expression} has no value`);

    // The same values, stated in Rego and compared by OPA's own evaluator.
    const lines = calls.map(({ name }, nth) => {
      const expected = JSON.stringify(JSON.stringify(result[nth]));
      return `test_${nth}_${name.replaceAll(".", "_")} if {\n\tx := data.calls.result[${nth}] with input as ${JSON.stringify(INPUT)}\n\tjson.unmarshal(json.marshal(x)) == json.unmarshal(${expected})\n}\n`;
    });
    const tested = await compiler.test(
      new Map([
        ["calls.rego", policy],
        ["calls_test.rego", `package calls_test\n\n${lines.join("\n")}`],
      ]),
    );
    assert.equal(tested.kind, "ok", JSON.stringify(tested, null, 1));
    const different = tested.value.results.filter(({ outcome }) => outcome !== "passed").map(({ name, at }) => `${name}\n${at?.detail}`);
    assert.deepEqual(different, []);
    assert.equal(tested.value.results.length, calls.length);
  });
});
