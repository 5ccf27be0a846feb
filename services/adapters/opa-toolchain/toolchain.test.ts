import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Toolchain } from "./toolchain.ts";

const MIB = 1024 * 1024;
const LIMITS = { memoryBytes: 256 * MIB, keptBytes: 128 * MIB, idleMs: 60_000 };
const question = JSON.stringify({ op: "format", files: { "p.rego": "package p\n" } });
const answer = JSON.stringify({ value: { files: { "p.rego": "package p\n" } } });
const loop = JSON.stringify({
  op: "test",
  timeoutMs: 60_000,
  files: { "p_test.rego": "package p\n\ntest_loop if { n := numbers.range(1, 20000); every a in n { every b in n { a + b > 0 } } }\n" },
});
const asked = { patienceMs: 60_000 };

describe("the thread of the toolchain", () => {
  test("is started again after it was left alone", async () => {
    await using toolchain = new Toolchain({ ...LIMITS, idleMs: 1 });
    assert.equal(await toolchain.ask(question, asked), answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await toolchain.ask(question, asked), answer);
  });

  test("is started again after every answer that took too much to be kept", async () => {
    await using toolchain = new Toolchain({ ...LIMITS, keptBytes: 1 });
    assert.equal(await toolchain.ask(question, asked), answer);
    assert.equal(await toolchain.ask(question, asked), answer);
  });

  test("is ended in the middle of a loop, and questions that waited are answered", async () => {
    await using toolchain = new Toolchain(LIMITS);
    const answers = [toolchain.ask(loop, { patienceMs: 60_000, eventPatienceMs: 200 }), toolchain.ask(question, asked)];
    assert.deepEqual(await Promise.all(answers), ["too_slow", answer]);
  });

  test("survives a listener that throws, and says so", async () => {
    await using toolchain = new Toolchain(LIMITS);
    const listener = (): void => {
      throw new Error("listener");
    };
    await assert.rejects(toolchain.ask(loop, { ...asked, event: listener }), /listener/);
    assert.equal(await toolchain.ask(question, asked), answer);
  });

  test("says when it was asked for something that does not exist", async () => {
    await using toolchain = new Toolchain(LIMITS);
    assert.deepEqual(JSON.parse((await toolchain.ask('{"op": "nothing"}', asked)) as string), { fault: "there is no operation nothing" });
    assert.match((await toolchain.ask("no JSON", asked)) as string, /the question is not JSON/);
  });
});
