import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ids, sample, samples, to } from "../../testing/contracts/event-store.samples.ts";
import { checkAgainstModel } from "../../testing/model-event-store.ts";
import { openMemoryEventStore } from "../memory/event-store.ts";
import { openSqliteEventReader, openSqliteEventStore } from "./event-store.ts";

const CHILD = fileURLToPath(new URL("../../testing/append-until-killed.ts", import.meta.url));

async function inFolder(body: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "andon-events-"));
  try {
    await body(join(folder, "events.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the file of the SQLite event store", () => {
  test("it answers like the model, whatever is asked", () =>
    inFolder(async (file) => {
      await using store = await openSqliteEventStore({ file });
      await using model = openMemoryEventStore();
      await checkAgainstModel(store, model, { runs: 60 });
    }));

  test("a second writer is refused and told who has the file", () =>
    inFolder(async (file) => {
      await using _ = await openSqliteEventStore({ file });
      await assert.rejects(openSqliteEventStore({ file }), new RegExp(`open for writing in process ${process.pid}`));
      const other = await promisify(execFile)(process.execPath, [CHILD, file, "0", "1"]).catch((error: Error) => error.message);
      assert.match(String(other), new RegExp(`open for writing in process ${process.pid}`));
    }));

  test("another process may read and follow while one writes", () =>
    inFolder(async (file) => {
      await (await openSqliteEventStore({ file }))[Symbol.asyncDispose]();
      await using reader = await openSqliteEventReader({ file });
      const child = spawn(process.execPath, [CHILD, file, "0", "40"], { stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("close", resolve));
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const batch of reader.follow(null, 10, AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]))) {
        seen.push(...ids(batch));
        // Forty batches with 1 to 5 events in a session and 2 in a change.
        if (seen.length === 8 * (1 + 2 + 3 + 4 + 5) + 40 * 2) stop.abort();
      }
      assert.equal(await ended, 0);
      assert.equal(new Set(seen).size, 200);
    }));

  test("nothing in it can be changed or removed", () =>
    inFolder(async (file) => {
      await using store = await openSqliteEventStore({ file });
      await store.append([to("session-1", ...samples(2))]);
      using raw = new DatabaseSync(file);
      for (const table of ["events", "streams", "categories", "types"]) {
        assert.throws(() => raw.exec(`DELETE FROM ${table}`), /append-only/);
      }
      assert.throws(() => raw.exec("UPDATE events SET body = x'00' WHERE position = 1"), /append-only/);
      assert.throws(() => raw.exec("UPDATE streams SET name = 'x'"), /append-only/);
      assert.equal((await store.readStream("session-1", 0, 10)).length, 2);
    }));

  test("a file that holds something else is left alone", () =>
    inFolder(async (file) => {
      await writeFile(file, "these are my notes, and they are longer than a header of SQLite would be ".repeat(20));
      await assert.rejects(openSqliteEventStore({ file }), /not a database/);
      assert.match(await readFile(file, "utf8"), /^these are my notes/);
      await rm(file);
      const other = new DatabaseSync(file);
      other.exec("CREATE TABLE mine (x); PRAGMA user_version = 7;");
      other.close();
      await assert.rejects(openSqliteEventStore({ file }), /not a database of this kind/);
    }));

  test("events of a kilobyte need at most 1.5 bytes on disk for each of theirs", () =>
    inFolder(async (file) => {
      const store = await openSqliteEventStore({ file });
      const filler = "x".repeat(1000);
      let payload = 0;
      for (let batch = 0; batch < 40; batch++) {
        const events = Array.from({ length: 100 }, () => sample(JSON.stringify({ filler, batch })));
        payload += events.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
        await store.append(events.map((event, nth) => to(`session-${nth % 20}`, event)));
      }
      await store[Symbol.asyncDispose]();
      const { size } = await stat(file);
      assert.ok(size / payload <= 1.5, `${size / payload} bytes per byte`);
    }));

  test("the log beside the file stays bounded although somebody is always reading", () =>
    inFolder(async (file) => {
      await using store = await openSqliteEventStore({ file });
      using first = new DatabaseSync(file);
      using second = new DatabaseSync(file);
      const read = (reader: DatabaseSync): unknown => reader.prepare("SELECT count(*) FROM types").get();
      for (const reader of [first, second]) reader.exec("BEGIN");
      for (const reader of [first, second]) read(reader);
      // They take turns, so at any moment one of them is in the middle of a transaction.
      const body = JSON.stringify({ filler: "x".repeat(100_000) });
      const stop = new AbortController();
      const reading = (async () => {
        for (let turn = 0; !stop.signal.aborted; turn++) {
          const reader = turn % 2 ? first : second;
          reader.exec("COMMIT; BEGIN");
          read(reader);
          await setTimeout(10);
        }
      })();
      for (let batch = 0; batch < 30; batch++) {
        await store.append([to(`session-${batch}`, ...Array.from({ length: 50 }, () => sample(body)))]);
      }
      stop.abort();
      await reading;
      const { size } = await stat(`${file}-wal`);
      // 150 MB were written; the log is cut at 64 MiB, or 16 later if a reader was slow to let go.
      assert.ok(size < 110_000_000, `${size} bytes`);
    }));
});

const traced = spawnSync("strace", ["-f", "-c", "-o", "/dev/null", "true"]).status === 0;

test(
  "every acknowledged append waited for the disk, and those that wait together share it",
  { skip: traced ? false : "strace is not available" },
  () =>
    inFolder(async (file) => {
      const syncs = async (batches: number, writers: number): Promise<number> => {
        const child = [
          "-f",
          "-qq",
          "-e",
          "trace=fsync,fdatasync",
          "-o",
          `${file}.trace`,
          process.execPath,
          CHILD,
          file,
          "0",
          String(batches),
          String(writers),
        ];
        await promisify(execFile)("strace", child);
        const count = (await readFile(`${file}.trace`, "utf8")).match(/(fsync|fdatasync)\(/g)?.length ?? 0;
        for (const name of [file, `${file}.lock`]) await rm(name, { force: true });
        return count;
      };
      const base = await syncs(1, 1);
      assert.ok((await syncs(41, 1)) - base >= 40, "an append was acknowledged without a sync");
      const shared = (await syncs(401, 100)) - base;
      assert.ok(shared >= 4 && shared < 200, `400 appends in 100 writers needed ${shared} syncs`);
    }),
);
