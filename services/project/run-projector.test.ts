import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { openClickHouse } from "../adapters/clickhouse/read-store.ts";
import type { Position } from "../ports/event-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import { breakingAfter, dump, filled, inBatches, plainSums, projectAll } from "../testing/projected.ts";
import { dice, sampleEvent, sampleLog } from "../testing/sample-log.ts";
import { checkTotals } from "./check-totals.ts";
import type { Progress } from "./project.ts";
import { rebuild } from "./rebuild.ts";
import { runProjector } from "./run-projector.ts";

const SMALL = { segmentEvents: 40, pace: { ms: 0, events: 25 } };

let path: string;
let reads: ReadStore;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "andon-project-"));
  reads = await openClickHouse({ kind: "chdb", path });
});
after(async () => {
  await reads[Symbol.asyncDispose]();
  await rm(path, { recursive: true, force: true });
});

test("crashes and restarts end in the rows and sums of an undisturbed run", async () => {
  const { appends, movements } = sampleLog(1, 130);
  const store = await filled(appends);
  await reads.reset();
  await projectAll({ store, reads, ...SMALL });
  const undisturbed = await dump(reads);

  const crashes = fc.array(fc.nat(45), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(crashes, fc.nat(), async (breaks, seed) => {
      await reads.reset();
      const roll = dice(seed);
      for (const tables of breaks) {
        const batches = inBatches(store, () => 1 + roll(30));
        const run = projectAll({
          store: batches,
          reads: breakingAfter(reads, tables),
          segmentEvents: 40,
          pace: { ms: 0, events: 1 + roll(30) },
        });
        await run.catch((error: Error) => assert.equal(error.message, "broken on purpose"));
      }
      const phases: Progress["phase"][] = [];
      await projectAll({ store, reads, ...SMALL, onProgress: ({ phase }) => phases.push(phase) });
      assert.ok(!phases.includes("rebuild"));
      assert.equal(await dump(reads), undisturbed);
      const check = await checkTotals({ store, reads });
      assert.deepEqual([check.equal, check.rollup], [true, plainSums(movements)]);
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

test("a rebuild writes the same rows as living through the log", async () => {
  const { appends, movements } = sampleLog(2, 200);
  const store = await filled([]);
  await reads.reset();
  const stop = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const onProgress = ({ events }: Progress): void => {
    if (events === appends.length) resolve();
  };
  const running = runProjector({ store, reads, signal: stop.signal, onProgress, segmentEvents: 60, pace: { ms: 5, events: 1000 } });
  for (let at = 0; at < appends.length; at += 50) {
    await store.append(appends.slice(at, at + 50));
    await new Promise((next) => setTimeout(next, 20));
  }
  await done;
  stop.abort();
  await running;
  const live = await dump(reads);
  const expected: (number | null)[] = [];
  const { events } = await rebuild({ store, reads, segmentEvents: 60, onProgress: (progress) => expected.push(progress.expected) });
  assert.equal(events, 200);
  assert.equal(expected.at(-1), 200);
  assert.equal(await dump(reads), live);
  assert.deepEqual((await checkTotals({ store, reads })).raw, plainSums(movements));
});

test("notices at the start what was lost, and makes everything anew", async () => {
  const { appends } = sampleLog(3, 100);
  const store = await filled(appends);
  for (const table of ["movements", "cost_rollup", "events", "sessions", "quarantine"]) {
    await reads.reset();
    await projectAll({ store, reads, ...SMALL });
    const whole = await dump(reads);
    await forget(table);
    assert.notEqual(await dump(reads), whole, table);
    const phases: Progress["phase"][] = [];
    await projectAll({ store, reads, ...SMALL, onProgress: ({ phase }) => phases.push(phase) });
    assert.ok(phases.includes("rebuild"), table);
    assert.equal(await dump(reads), whole, table);
  }
});

/** Loses the table as a power cut might: the rows of closed segments are gone, the checkpoint is not. */
async function forget(table: string): Promise<void> {
  const checkpoint = await reads.checkpoint();
  const kept: [string, readonly Record<string, unknown>[]][] = [];
  for (const name of ["movements", "cost_rollup", "events", "sessions", "quarantine"]) {
    if (name !== table) kept.push([name, await reads.query(`SELECT * FROM ${name} FINAL`)]);
  }
  await reads.reset();
  const rows = kept.map(([name, all]) => ({
    table: name,
    columns: Object.keys(all[0] ?? {}),
    values: all.map((row) => Object.values(row)),
  }));
  await reads.write(rows, checkpoint ?? undefined);
}

test("rows of other folds, of another store or without a checkpoint are replaced", async () => {
  const { appends } = sampleLog(4, 90);
  const store = await filled(appends);
  await reads.reset();
  await projectAll({ store, reads, ...SMALL });
  const whole = await dump(reads);

  const other = await filled(sampleLog(5, 50).appends);
  await projectAll({ store: other, reads, ...SMALL });
  const { events } = await rebuild({ store: other, reads, ...SMALL });
  assert.equal(events, 50);

  const checkpoint = await reads.checkpoint();
  assert.ok(checkpoint);
  for (const strange of [
    { ...checkpoint, segment: 9, shape: "another" },
    { ...checkpoint, segment: 10, position: "ffffffffffffffff" as Position },
  ]) {
    await reads.write([], strange);
    await projectAll({ store, reads, ...SMALL });
    assert.equal(await dump(reads), whole);
  }
});

test("a session goes on from its stream when its row is gone", async () => {
  const prompt = (n: number) => sampleEvent(n, "andon.session.prompt.submitted.v1", { actorid: "a", team: "core" }, { sessionId: "s" });
  const store = await filled([{ stream: "session-a.s", expected: "any", events: [1, 2, 3].map(prompt) }]);
  await reads.reset();
  await projectAll({ store, reads, segmentEvents: 3 });
  assert.equal((await reads.checkpoint())?.segment, 2);
  await forget("sessions");
  await store.append([{ stream: "session-a.s", expected: "any", events: [4, 5].map(prompt) }]);
  const phases: Progress["phase"][] = [];
  await projectAll({ store, reads, segmentEvents: 3, onProgress: ({ phase }) => phases.push(phase) });
  assert.deepEqual([...new Set(phases)], ["catch-up", "live"]);
  assert.deepEqual(await reads.query("SELECT revision, prompts FROM sessions FINAL"), [{ revision: 4, prompts: 5 }]);
});

test("what nobody understands is still found, and stops nothing", async () => {
  const odd = { id: "00000000-0000-4000-8000-000000000001", type: "andon.unknown.v9", body: "not json" };
  const other = { ...odd, id: "00000000-0000-4000-8000-000000000002", body: JSON.stringify({ time: "yesterday", recordedat: 7 }) };
  const store = await filled([{ stream: "session-nobody", expected: "any", events: [odd, other] }]);
  await reads.reset();
  await projectAll({ store, reads });
  assert.deepEqual(await reads.query("SELECT type, stream, agent, toString(time) AS time FROM events ORDER BY position"), [
    { type: "andon.unknown.v9", stream: "session-nobody", agent: "nobody", time: "1970-01-01 00:00:00.000" },
    { type: "andon.unknown.v9", stream: "session-nobody", agent: "nobody", time: "1970-01-01 00:00:00.000" },
  ]);
});

test("a write that fails ends the run, even when nothing else happens", async () => {
  const store = await filled(sampleLog(6, 5).appends);
  await reads.reset();
  const run = runProjector({ store, reads: breakingAfter(reads, 0), signal: new AbortController().signal });
  await assert.rejects(run, /broken on purpose/);
});
