import assert from "node:assert/strict";
import { test } from "node:test";
import { Lanes } from "./lanes.ts";

test("work of one name runs in order, of different names together, and never more than the number", async () => {
  const lanes = new Lanes(2);
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const work = (name: string, label: string) =>
    lanes.run(name, async () => {
      log.push(`+${label}`);
      await new Promise<void>((resolve) => gates.set(label, resolve));
      log.push(`-${label}`);
    });
  const open = async (label: string): Promise<void> => {
    gates.get(label)?.();
    for (let turn = 0; turn < 10; turn++) await null;
  };
  const all = [work("a", "a1"), work("a", "a2"), work("b", "b1"), work("c", "c1")];
  for (let turn = 0; turn < 10; turn++) await null;
  assert.deepEqual(log, ["+a1", "+b1"]);
  await open("b1");
  assert.deepEqual(log, ["+a1", "+b1", "-b1", "+c1"]);
  await open("a1");
  assert.deepEqual(log.slice(4), ["-a1", "+a2"]);
  await open("c1");
  await open("a2");
  await Promise.all(all);
  await lanes.idle();
});

test("work that fails does not stop what comes after it", async () => {
  const lanes = new Lanes(1);
  const failing = lanes.run("a", async () => Promise.reject(new Error("no")));
  const next = lanes.run("a", async () => "yes");
  await assert.rejects(failing, /no/);
  assert.equal(await next, "yes");
});
