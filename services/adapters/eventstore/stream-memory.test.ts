import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamMemory } from "./stream-memory.ts";

const events = (from: number, ...ids: string[]) => ids.map((id, nth) => ({ id, revision: from + nth }));

test("it learns what goes on from what it knows, and nothing behind a gap", () => {
  const memory = new StreamMemory();
  memory.learn("a", events(0, "x", "y"));
  memory.learn("a", events(3, "gap"));
  assert.deepEqual(
    [memory.of("a").revision, [...memory.of("a").ids]],
    [
      1,
      [
        ["x", 0],
        ["y", 1],
      ],
    ],
  );
  memory.learn("a", events(1, "y", "z"));
  assert.deepEqual([memory.of("a").revision, memory.of("a").ids.get("z")], [2, 2]);
  memory.learn("b", events(5, "late"));
  assert.equal(memory.has("b"), false);
  assert.equal(memory.of("b").revision, -1);
});

test("beyond its size it forgets the streams used longest ago, never the one in use", () => {
  const memory = new StreamMemory(4);
  memory.learn("a", events(0, "1", "2"));
  memory.learn("b", events(0, "3", "4"));
  memory.learn("a", events(2, "5"));
  assert.deepEqual([memory.has("a"), memory.has("b")], [true, false]);
  memory.learn("c", events(0, "6", "7", "8", "9", "10"));
  assert.deepEqual([memory.has("a"), memory.has("c")], [false, true]);
});
