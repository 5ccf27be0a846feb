import assert from "node:assert/strict";
import fc from "fast-check";
import type { Evaluation } from "../../domain/decision/compose.ts";
import type { PolicyEngine, PolicyQuestion } from "../../ports/policy-engine.ts";
import { readPolicy } from "../policies/read-policy.ts";
import { type Skips, suite } from "./suite.ts";

interface Opened extends AsyncDisposable {
  readonly engine: PolicyEngine;
}

interface PolicyEngineUnderTest {
  readonly open: () => Promise<Opened>;
  readonly skips?: Skips;
}

type Check = (title: string, body: (opened: Opened) => Promise<void>) => void;

const SAMPLE = readPolicy("sample");
const FAILS = readPolicy("fails");
const MiB = 1024 * 1024;

export function policyEngineContract(adapter: string, { open, skips = {} }: PolicyEngineUnderTest): void {
  suite(`policy engine: ${adapter}`, skips, open, (check) => {
    checkLoading(check);
    checkAnswers(check);
    checkFailures(check);
    checkMemory(check);
    checkClosing(check);
  });
}

const call = (resource: object = {}, action = "tool.call") => ({
  action: { name: action },
  resource: { tool: "Bash", class: "execute", command: "ls", ...resource },
  session: { denials: 0 },
});

function question(input: unknown, forbidden: readonly string[] = []): PolicyQuestion {
  const json = JSON.stringify({ settings: { tools: { forbidden } } });
  const text = typeof input === "string" ? input : JSON.stringify(input);
  return { policy: SAMPLE.digest, data: { digest: `data of ${forbidden.join()}`, json }, input: text };
}

async function ask(engine: PolicyEngine, input: unknown, forbidden?: readonly string[]): Promise<Evaluation> {
  const [answer] = await engine.evaluate([question(input, forbidden)]);
  assert.ok(answer);
  return answer;
}

const rulesOf = (answer: Evaluation | undefined): unknown =>
  answer?.kind === "evaluated" ? answer.result.findings.map(({ rule }) => rule).sort() : answer?.cause;

function checkLoading(check: Check): void {
  check("loading the same again is no error", async ({ engine }) => {
    assert.deepEqual([await engine.load(SAMPLE), await engine.load(SAMPLE)], [{ kind: "loaded" }, { kind: "loaded" }]);
    assert.equal((await engine.status()).modules, 1);
  });

  const nothing = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);
  for (const [title, wasm, reason] of [
    ["what is not WebAssembly", Buffer.from("package andon"), /not WebAssembly/],
    ["WebAssembly that is no policy", nothing, /does not export/],
    ["a module that needs a built-in which is not there", FAILS.wasm, /regex\.split/],
    ["a module that is cut off", SAMPLE.wasm.subarray(0, 10_000), /not WebAssembly/],
    ["a huge module", new Uint8Array(9 * MiB), /bytes/],
  ] as const) {
    check(`${title} is refused, and what is loaded still answers`, async ({ engine }) => {
      await engine.load(SAMPLE);
      const refused = await engine.load({ digest: "other", wasm });
      assert.equal(refused.kind, "unusable");
      assert.match(refused.kind === "unusable" ? refused.reason : "", reason);
      assert.deepEqual(rulesOf(await ask(engine, call())), []);
      const [other] = await engine.evaluate([{ ...question(call()), policy: "other" }]);
      assert.equal(rulesOf(other), "not_loaded");
    });
  }

  check("what was unloaded does not answer any more", async ({ engine }) => {
    await engine.load(SAMPLE);
    assert.deepEqual(rulesOf(await ask(engine, call())), []);
    await engine.unload(SAMPLE.digest);
    await engine.unload("never loaded");
    assert.equal(rulesOf(await ask(engine, call())), "not_loaded");
    assert.deepEqual([(await engine.status()).modules, (await engine.status()).instances], [0, 0]);
  });
}

function checkAnswers(check: Check): void {
  check("findings come as the policies make them", async ({ engine }) => {
    await engine.load(SAMPLE);
    assert.deepEqual(await ask(engine, call({ command: "sudo rm -rf /" })), {
      kind: "evaluated",
      result: {
        covered_by: ["tools"],
        findings: [
          {
            policy: "tools",
            rule: "destructive_command",
            effect: "deny",
            reason: "It deletes files for good; delete single files instead.",
          },
        ],
      },
    });
    assert.deepEqual(await ask(engine, call({}, "unheard.of")), { kind: "evaluated", result: { covered_by: [], findings: [] } });
  });

  check("many questions are answered in their order", async ({ engine }) => {
    await engine.load(SAMPLE);
    const commands = Array.from({ length: 300 }, (_, nth) => (nth % 3 === 0 ? "rm -rf x" : "ls"));
    const answers = await engine.evaluate(commands.map((command) => question(call({ command }))));
    assert.deepEqual(
      answers.map(rulesOf),
      commands.map((command) => (command === "ls" ? [] : ["destructive_command"])),
    );
    assert.deepEqual(await engine.evaluate([]), []);
  });

  check("each set of data is seen by its own questions alone", async ({ engine }) => {
    await engine.load(SAMPLE);
    const asked = Array.from({ length: 200 }, (_, nth) => question(call(), nth % 2 === 0 ? [`Tool${nth}`] : ["Bash", `Tool${nth}`]));
    for (const round of [1, 2]) {
      const answers = await engine.evaluate(asked);
      assert.deepEqual(
        answers.map(rulesOf),
        asked.map((_, nth) => (nth % 2 === 0 ? [] : ["forbidden_tool"])),
        `round ${round}`,
      );
    }
    assert.ok((await engine.status()).instances <= 128);
  });

  check("input and data are seen exactly", async ({ engine }) => {
    await engine.load(SAMPLE);
    const command = 'NUL \u0000, "quotes" \\ and 😀 é \u2028 \u007f, numbers beside';
    const input = { ...call({ command }, "test.echo"), n: [0, -1.5, 1e21, 5e-324, 123456789012345], nothing: null, yes: true };
    const answer = await ask(engine, input, ["å"]);
    assert.equal(answer.kind, "evaluated");
    if (answer.kind !== "evaluated") return;
    const [echo] = answer.result.findings[0]?.obligations ?? [];
    assert.deepEqual(echo, { kind: "echo", input, data: { tools: { forbidden: ["å"] } } });
  });

  check("nothing is carried over from one evaluation to the next, whatever happened in it", async ({ engine }) => {
    await engine.load(SAMPLE);
    const inputs: readonly (readonly [unknown, unknown])[] = [
      [call(), []],
      [call({ command: "rm -rf y" }), ["destructive_command"]],
      [call({ tool: "Forbidden" }), ["forbidden_tool"]],
      [call({ class: "install" }), ["install"]],
      [call({}, "test.wrong_shape"), "wrong_result"],
      [call({}, "test.undefined"), "wrong_result"],
      ['{"action":{"name":"tool.call"},"x":"\\ud800"}', "trapped"],
      ["{", "unfit_input"],
      [call({ text: "a".repeat(100_000) }), []],
    ];
    const sequence = fc.array(fc.nat(inputs.length - 1), { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sequence, async (order) => {
        const chosen = order.map((nth) => inputs[nth] as readonly [unknown, unknown]);
        const answers = await engine.evaluate(chosen.map(([input]) => question(input, ["Forbidden"])));
        assert.deepEqual(
          answers.map(rulesOf),
          chosen.map(([, expected]) => expected),
        );
      }),
      { numRuns: 15 },
    );
  });
}

function checkFailures(check: Check): void {
  for (const [title, input, cause] of [
    ["a missing input", "", "unfit_input"],
    ["null as input", "null", "unfit_input"],
    ["an input that is not JSON", '{"action":', "unfit_input"],
    ["an input that is too large", `{"x":"${"a".repeat(256 * 1024)}"}`, "unfit_input"],
    ["an input that is too large in bytes", `{"x":"${"é".repeat(130 * 1024)}"}`, "unfit_input"],
    ["half of a surrogate pair", '{"action":{"name":"tool.call"},"x":"\\ud800"}', "trapped"],
    ["a result of another form", JSON.stringify(call({}, "test.wrong_shape")), "wrong_result"],
    ["an undefined result", JSON.stringify(call({}, "test.undefined")), "wrong_result"],
    ["a policy that takes ever more memory", JSON.stringify(call({}, "test.memory")), "out_of_memory"],
  ] as const) {
    check(`${title} fails the evaluation and nothing else`, async ({ engine }) => {
      await engine.load(SAMPLE);
      const answers = await engine.evaluate([question(call({ class: "install" })), question(input), question(call({ class: "install" }))]);
      assert.deepEqual(answers.map(rulesOf), [["install"], cause, ["install"]]);
      const [, failure] = answers;
      if (failure?.kind === "engine_failed") assert.ok(failure.detail.length > 0 && !failure.detail.includes("aaaa"));
      assert.equal((await engine.status()).failures, 1);
    });
  }

  for (const [title, json] of [
    ["not JSON", '{"settings":'],
    ["no object", "[]"],
    ["too large", `{"x":"${"a".repeat(256 * 1024)}"}`],
  ] as const) {
    check(`data that is ${title} fails the evaluation`, async ({ engine }) => {
      await engine.load(SAMPLE);
      const [answer] = await engine.evaluate([{ ...question(call()), data: { digest: "bad", json } }]);
      assert.equal(rulesOf(answer), "unfit_input");
      assert.deepEqual(rulesOf(await ask(engine, call())), []);
    });
  }

  check("a policy that takes too long is ended, and the questions around it are answered", async ({ engine }) => {
    await engine.load(SAMPLE);
    const slow = question(call({ text: "a".repeat(200_000) }, "test.time"));
    const answers = await engine.evaluate([question(call()), slow, question(call({ class: "install" }))]);
    assert.deepEqual(answers.map(rulesOf), [[], "too_slow", ["install"]]);
  });

  check("a policy that is too slow again and again is not tried any more", async ({ engine }) => {
    await engine.load(SAMPLE);
    const slow = question(call({ text: "a".repeat(200_000) }, "test.time"));
    const started = performance.now();
    const answers = await engine.evaluate(Array.from({ length: 200 }, () => slow));
    assert.deepEqual([...new Set(answers.map(rulesOf))], ["too_slow"]);
    assert.ok(performance.now() - started < 20_000);
    await engine.load(SAMPLE);
    assert.deepEqual(rulesOf(await ask(engine, call())), []);
  });
}

function checkMemory(check: Check): void {
  check("memory stays within bounds, whatever is asked", async ({ engine }) => {
    await engine.load(SAMPLE);
    const large = (nth: number) => question(call({ text: `${nth}${"a".repeat(240_000)}` }), [`T${nth % 40}`]);
    for (let round = 0; round < 5; round++) {
      await engine.evaluate(Array.from({ length: 40 }, (_, nth) => large(nth)));
      await engine.evaluate(Array.from({ length: 40 }, (_, nth) => question(call(), [`T${nth}`])));
    }
    const { bytes, instances, evaluations } = await engine.status();
    assert.equal(evaluations, 400);
    assert.ok(instances >= 1 && bytes / instances <= 4 * MiB, `${instances} instances have ${bytes} bytes`);
  });
}

function checkClosing(check: Check): void {
  check("a closed engine fails every evaluation and loads nothing", async ({ engine }) => {
    await engine.load(SAMPLE);
    await engine[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    assert.equal(rulesOf(await ask(engine, call())), "closed");
    assert.equal((await engine.load(SAMPLE)).kind, "unusable");
  });
}
