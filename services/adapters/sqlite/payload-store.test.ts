import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { SealedPayload } from "../../ports/payload-store.ts";
import { payloadStoreContract } from "../../testing/contracts/payload-store.contract.ts";
import { openSqlitePayloadStore } from "./payload-store.ts";

async function openInFolder() {
  const folder = await mkdtemp(join(tmpdir(), "andon-payloads-"));
  const file = join(folder, "payloads.db");
  let store = await openSqlitePayloadStore({ file });
  return {
    file,
    store,
    reopen: async () => {
      await store[Symbol.asyncDispose]();
      store = await openSqlitePayloadStore({ file });
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

payloadStoreContract("sqlite", { open: openInFolder });

async function everyByte(file: string): Promise<Buffer> {
  return Buffer.concat(await Promise.all(["", "-wal"].map((end) => readFile(file + end))));
}

test("after deleting, no file of the payload store holds a byte of it", async () => {
  await using opened = await openInFolder();
  const { file, store } = opened;
  // Sizes around those at which a row moves between pages, and deletions in between, leave copies behind if any do.
  let alive: SealedPayload[] = [];
  for (let round = 0; round < 8; round++) {
    const more = Array.from({ length: 40 }, (_, nth) => ({
      id: `event-${round}-${nth}.0`,
      keyId: "key",
      bytes: randomBytes(60 + ((nth * 97) % 2_500)),
    }));
    await store.put(more);
    alive.push(...more);
    const gone = alive.filter((_, nth) => nth % 3 === round % 3);
    alive = alive.filter((payload) => !gone.includes(payload));
    await store.delete(gone.map(({ id }) => id));
    const bytes = await everyByte(file);
    for (const { bytes: deleted } of gone) {
      assert.ok(
        !bytes.includes(deleted.subarray(0, 16)) && !bytes.includes(deleted.subarray(-16)),
        `round ${round}: a deleted payload is still there`,
      );
    }
    assert.ok(alive.every(({ bytes: kept }) => bytes.includes(kept.subarray(0, 16))));
  }
});

test("a deletion that a crash cut short is finished when the file is opened again", async () => {
  await using opened = await openInFolder();
  const { file, store, reopen } = opened;
  const [gone, kept] = [randomBytes(500), randomBytes(500)];
  await store.put([
    { id: "gone", keyId: "key", bytes: gone },
    { id: "kept", keyId: "key", bytes: kept },
  ]);
  await store[Symbol.asyncDispose]();
  // As far as the transaction got before the crash: the row is gone, the bytes are not.
  const raw = new DatabaseSync(file);
  raw.exec("PRAGMA secure_delete = OFF; BEGIN; DELETE FROM payloads WHERE id = 'gone'; UPDATE sweep SET due = 1; COMMIT;");
  raw.close();
  assert.ok((await readFile(file)).includes(gone));
  const again = await reopen();
  assert.ok(!(await everyByte(file)).includes(gone.subarray(0, 16)));
  assert.equal((await again.get("kept"))?.keyId, "key");
});

test("a deletion that another process keeps readable is reported, and finished once it lets go", async () => {
  await using opened = await openInFolder();
  const { file, store } = opened;
  const bytes = randomBytes(500);
  await store.put([{ id: "gone", keyId: "key", bytes }]);
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM payloads").get();
  await assert.rejects(store.delete(["gone"]), /another process is reading/);
  reader.close();
  await store.delete(["gone"]);
  assert.ok(!(await everyByte(file)).includes(bytes.subarray(0, 16)));
});

test("a second writer is refused", async () => {
  await using opened = await openInFolder();
  await assert.rejects(openSqlitePayloadStore({ file: opened.file }), /open for writing/);
});
