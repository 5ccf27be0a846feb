import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openClickHouse } from "../../adapters/clickhouse/read-store.ts";
import { filled, projectAll } from "../../testing/projected.ts";
import { sampleEvent } from "../../testing/sample-log.ts";
import { readSession } from "./sessions.ts";

const MINUTE = 60_000;

test("an open session is silent after half an hour without a word, and open again with the next", async () => {
  const path = await mkdtemp(join(tmpdir(), "andon-silent-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(path, { recursive: true }));
  const reads = stack.use(await openClickHouse({ kind: "chdb", path }));
  const store = await filled([]);
  const add = async (n: number, id: string, type: string, minutesAgo: number): Promise<void> => {
    const recordedat = new Date(Date.now() - minutesAgo * MINUTE).toISOString();
    const event = sampleEvent(n, `andon.${type}`, { actorid: "a", recordedat }, { sessionId: id, outcome: "completed" });
    await store.append([{ stream: `session-a.${id}`, expected: "any", events: [event] }]);
  };
  const outcomeOf = async (id: string) => (await readSession(reads, id, null))?.outcome;

  await add(1, "heard", "session.started.v1", 29);
  await add(2, "unheard", "session.started.v1", 31);
  await add(3, "ended", "session.started.v1", 60);
  await add(4, "ended", "session.ended.v1", 59);
  await projectAll({ store, reads });
  assert.equal(await outcomeOf("heard"), "open");
  assert.equal(await outcomeOf("unheard"), "silent");
  assert.equal(await outcomeOf("ended"), "completed");

  await add(5, "unheard", "session.prompt.submitted.v1", 0);
  await projectAll({ store, reads });
  assert.equal(await outcomeOf("unheard"), "open");
});
