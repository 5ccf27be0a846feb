import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policyEngineContract } from "../../testing/contracts/policy-engine.contract.ts";
import { readPolicy } from "../../testing/policies/read-policy.ts";
import { openOpaEngine } from "./engine.ts";
import { openGuardedEngine } from "./guarded.ts";
import { openOpaSandbox } from "./sandbox.ts";

const held = (engine: ReturnType<typeof openOpaEngine>) => ({ engine, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() });
const uninterrupted = "nothing can interrupt an evaluation in its own thread";

policyEngineContract("OPA in this thread", {
  open: async () => held(openOpaEngine()),
  skips: {
    "a policy that takes too long is ended, and the questions around it are answered": uninterrupted,
    "a policy that is too slow again and again is not tried any more": uninterrupted,
  },
});

policyEngineContract("OPA in a sandbox", { open: async () => held(openOpaSandbox({ deadlineMs: 600 })) });

policyEngineContract("OPA in this thread, guarded", { open: async () => held(openGuardedEngine({ deadlineMs: 600 })) });

describe("a guarded engine", () => {
  test("evaluates policies apart once they were slow", async () => {
    await using engine = openGuardedEngine({ deadlineMs: 1_000, largeInput: 256 * 1024, slowMs: 20 });
    const sample = readPolicy("sample");
    await engine.load(sample);
    const asked = (name: string) => ({
      policy: sample.digest,
      data: { digest: "none", json: "{}" },
      input: JSON.stringify({ action: { name }, resource: { text: "a".repeat(100) } }),
    });
    const causes = async (name: string) => (await engine.evaluate([asked(name)])).map((each) => ("cause" in each ? each.cause : each.kind));
    assert.deepEqual(await causes("tool.call"), ["evaluated"]);
    const before = await engine.status();
    assert.equal(before.instances, 1);
    // It runs out of memory here, which takes longer than is let pass.
    assert.deepEqual(await causes("test.memory"), ["out_of_memory"]);
    assert.deepEqual(await causes("tool.call"), ["evaluated"]);
    const { instances, evaluations } = await engine.status();
    assert.deepEqual([instances, evaluations], [1, 3]);
    assert.deepEqual(await causes("test.memory"), ["out_of_memory"]);
  });
});
