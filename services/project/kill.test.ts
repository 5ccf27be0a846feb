import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { openClickHouse } from "../adapters/clickhouse/read-store.ts";
import { dump, filled, plainSums, projectAll } from "../testing/projected.ts";
import { sampleLog } from "../testing/sample-log.ts";
import { checkTotals } from "./check-totals.ts";

const EVENTS = 900;
const SMALL = { segmentEvents: 250, pace: { ms: 0, events: 20 } };

const path = await mkdtemp(join(tmpdir(), "andon-kill-"));
after(() => rm(path, { recursive: true, force: true }));

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
const program = `
  import { openClickHouse } from ${url("../adapters/clickhouse/read-store.ts")};
  import { filled, projectAll } from ${url("../testing/projected.ts")};
  import { sampleLog } from ${url("../testing/sample-log.ts")};
  const reads = await openClickHouse({ kind: "chdb", path: ${JSON.stringify(path)} });
  const store = await filled(sampleLog(7, ${EVENTS}).appends);
  await projectAll({ store, reads, ...${JSON.stringify(SMALL)}, onProgress: ({ events }) => console.log(events) });
`;

/** Projects in a process of its own and kills that as soon as so many events are written: the next write is under way. */
async function killedAfter(events: number): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= events) child.kill("SIGKILL");
  }
  assert.equal(await exited, "SIGKILL");
}

test("killed three times while it writes, it ends in the rows and sums of an undisturbed run", async () => {
  for (const events of [20, 300, 620]) await killedAfter(events);

  const { appends, movements } = sampleLog(7, EVENTS);
  const store = await filled(appends);
  await using reads = await openClickHouse({ kind: "chdb", path });
  await projectAll({ store, reads, ...SMALL });
  const killed = await dump(reads);
  const check = await checkTotals({ store, reads });
  assert.deepEqual([check.equal, check.raw, check.rollup], [true, plainSums(movements), plainSums(movements)]);

  await reads.reset();
  await projectAll({ store, reads, ...SMALL });
  assert.equal(await dump(reads), killed);
});
