import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readStoreContract } from "../../testing/contracts/read-store.contract.ts";
import { openClickHouse } from "./read-store.ts";

describe("ClickHouse in process", () => {
  let path: string;
  before(async () => {
    path = await mkdtemp(join(tmpdir(), "andon-clickhouse-"));
  });
  after(() => rm(path, { recursive: true, force: true }));

  readStoreContract(async () => {
    const reads = await openClickHouse({ kind: "chdb", path });
    await reads.reset();
    return reads;
  });

  test("keeps its rows over a restart", async () => {
    {
      await using reads = await openClickHouse({ kind: "chdb", path });
      await reads.write([{ table: "checkpoints", columns: ["segment", "position", "shape", "totals"], values: [[7, "p", "1", "{}"]] }]);
    }
    await using reads = await openClickHouse({ kind: "chdb", path });
    assert.equal((await reads.checkpoint())?.segment, 7);
  });

  test("belongs to one process: a second one is told so", async () => {
    await using _ = await openClickHouse({ kind: "chdb", path });
    const program = `import { openClickHouse } from ${JSON.stringify(fileURLToPath(new URL("read-store.ts", import.meta.url)))};
      await openClickHouse({ kind: "chdb", path: ${JSON.stringify(path)} }).then(() => console.log("opened"), (error) => console.log(error.message));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "ignore"] });
    assert.match(await text(child.stdout), new RegExp(`in use by another process \\(${process.pid}\\).*choose another data folder`));
  });

  test("opens one folder at a time, and says which is open", async () => {
    await using _ = await openClickHouse({ kind: "chdb", path });
    await assert.rejects(openClickHouse({ kind: "chdb", path: `${path}-other` }), /another folder open/);
  });

  test("waits for what is running before it closes", async () => {
    const reads = await openClickHouse({ kind: "chdb", path });
    const slow = reads.query<{ n: string }>("SELECT count() AS n FROM numbers(20000000) WHERE sipHash64(number) % 7 = 0");
    await reads[Symbol.asyncDispose]();
    const [answer] = await slow;
    assert.ok(Number(answer?.n) > 2_000_000);
  });
});

const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user = "default", CLICKHOUSE_PASSWORD: password = "" } = process.env;

describe("ClickHouse server", { skip: url ? false : "set CLICKHOUSE_URL to run the contract against a server" }, () => {
  const database = `andon_contract_${process.pid}`;
  after(async () => {
    const headers = { "x-clickhouse-user": user, "x-clickhouse-key": password };
    await fetch(new URL("/", url), { method: "POST", headers, body: `DROP DATABASE IF EXISTS ${database}` });
  });

  readStoreContract(async () => {
    const reads = await openClickHouse({ kind: "server", url: url ?? "", user, password, database });
    await reads.reset();
    return reads;
  });
});
