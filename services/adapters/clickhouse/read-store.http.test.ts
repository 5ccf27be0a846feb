import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type ClickHouseOverHttp, serveClickHouse } from "../../testing/clickhouse-over-http.ts";
import { readStoreContract } from "../../testing/contracts/read-store.contract.ts";
import type { ClickHouseTarget } from "./connect.ts";
import { openClickHouse } from "./read-store.ts";

describe("ClickHouse by URL: the code for a server, with the engine of this process behind HTTP", () => {
  let path: string;
  let server: ClickHouseOverHttp;
  before(async () => {
    path = await mkdtemp(join(tmpdir(), "andon-clickhouse-"));
    server = await serveClickHouse(path, "ana", "open sesame");
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(path, { recursive: true, force: true });
  });
  const target = (): ClickHouseTarget => ({
    kind: "server",
    url: server.url,
    user: "ana",
    password: "open sesame",
    database: "andon test",
  });

  readStoreContract(async () => {
    const reads = await openClickHouse(target());
    await reads.reset();
    return reads;
  });

  test("questions are read-only by the server's own rule, inserts are never held back or taken for repeats", () => {
    const questions = server.asked.filter(({ sql }) => sql.includes("SETTINGS max_execution_time"));
    assert.ok(questions.length > 20);
    assert.ok(questions.every(({ settings }) => settings["readonly"] === "2"));
    const inserts = server.asked.filter(({ sql }) => sql.endsWith("FORMAT JSONCompactEachRow"));
    assert.ok(inserts.length > 10);
    for (const { settings } of inserts) {
      assert.deepEqual(
        [settings["async_insert"], settings["insert_deduplicate"], settings["max_partitions_per_insert_block"]],
        ["0", "0", "0"],
      );
    }
  });

  test("a wrong password is an error that does not repeat it", async () => {
    await assert.rejects(openClickHouse({ ...target(), password: "wrong secret" } as ClickHouseTarget), (error: Error) => {
      assert.match(error.message, /Authentication failed/);
      assert.doesNotMatch(error.message, /wrong secret/);
      return true;
    });
  });
});
