import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readEverything } from "../../testing/contracts/event-store.samples.ts";
import { openSqliteEventStore } from "./event-store.ts";

const CHILD = fileURLToPath(new URL("../../testing/append-until-killed.ts", import.meta.url));
const KILLS = 6;

test("killed while writing: nothing acknowledged is missing, nothing is doubled, every batch is whole", async () => {
  const folder = await mkdtemp(join(tmpdir(), "andon-crash-"));
  const file = join(folder, "events.db");
  const acknowledged = new Set<number>();
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const before = acknowledged.size;
      await appendUntilKilled(file, firstUnheard(acknowledged), acknowledged);
      assert.ok(acknowledged.size > before, "the child wrote nothing before it was killed");
      await checkStored(file, acknowledged);
    }
    checkIntegrity(file);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Batches after this one may have been stored without anybody hearing of it; they are all sent again. */
function firstUnheard(acknowledged: ReadonlySet<number>): number {
  let batch = 0;
  while (acknowledged.has(batch)) batch++;
  return batch;
}

/** Lets a child write and kills it at a moment of its own choosing: after a random number of acknowledgements. */
async function appendUntilKilled(file: string, first: number, acknowledged: Set<number>): Promise<void> {
  const child = spawn(process.execPath, [CHILD, file, String(first), "1000000"], { stdio: ["ignore", "pipe", "inherit"] });
  const enough = 30 + Math.floor(Math.random() * 600);
  let heard = 0;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() as string;
    for (const line of lines) acknowledged.add(Number(line));
    heard += lines.length;
    if (heard >= enough) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.on("close", (_, by) => resolve(by)));
  assert.equal(signal, "SIGKILL");
}

async function checkStored(file: string, acknowledged: ReadonlySet<number>): Promise<void> {
  await using store = await openSqliteEventStore({ file });
  const batches = new Map<number, { of: number; nths: number[] }>();
  const revisions = new Map<string, number>();
  for (const { stream, revision, body } of await readEverything(store, 1000)) {
    assert.equal(revision, revisions.get(stream) ?? 0, `a hole in ${stream}`);
    revisions.set(stream, revision + 1);
    const { batch, nth, of } = JSON.parse(body) as { batch: number; nth: number; of: number };
    const seen = batches.get(batch) ?? { of, nths: [] };
    seen.nths.push(nth);
    batches.set(batch, seen);
  }
  for (const [batch, { of, nths }] of batches) {
    assert.deepEqual(
      nths,
      Array.from({ length: of }, (_, nth) => nth),
      `batch ${batch} is not whole, or is doubled`,
    );
  }
  for (const batch of acknowledged) {
    assert.ok(batches.has(batch) && batches.has(batch + 0x80000000), `batch ${batch} was acknowledged and is missing`);
  }
}

function checkIntegrity(file: string): void {
  const db = new DatabaseSync(file);
  assert.deepEqual({ ...db.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
  assert.deepEqual(db.prepare("PRAGMA foreign_key_check").all(), []);
  db.close();
}
