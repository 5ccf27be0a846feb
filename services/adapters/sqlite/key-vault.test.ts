import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { KeyVault, SealedText } from "../../ports/key-vault.ts";
import { keyVaultContract } from "../../testing/contracts/key-vault.contract.ts";
import { openSqliteKeyVault } from "./key-vault.ts";

async function openInFolder() {
  const folder = await mkdtemp(join(tmpdir(), "andon-vault-"));
  const files = { file: join(folder, "vault.db"), masterKeyFile: join(folder, "vault.key") };
  let vault = await openSqliteKeyVault(files);
  return {
    ...files,
    vault,
    reopen: async () => {
      await vault[Symbol.asyncDispose]();
      vault = await openSqliteKeyVault(files);
      return vault;
    },
    [Symbol.asyncDispose]: async () => {
      await vault[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function sealIn(vault: KeyVault, scope: string): Promise<SealedText> {
  const [sealed] = await vault.seal([{ scope, associated: "a", text: "text" }]);
  assert.ok(sealed);
  return sealed;
}

const unsealIn = (vault: KeyVault, { keyId, bytes }: SealedText) => vault.unseal(keyId, "a", bytes);

keyVaultContract("sqlite", { open: openInFolder });

test("the master key is made once, for its owner alone, and no secret is stored in clear", async () => {
  await using opened = await openInFolder();
  const { file, masterKeyFile, vault } = opened;
  await sealIn(vault, "session-1");
  assert.equal((await stat(masterKeyFile)).mode & 0o777, 0o600);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const master = await readFile(masterKeyFile, "utf8");
  assert.match(master, /^[0-9a-f]{64}\n$/);
  const stored = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)]);
  assert.ok(!stored.includes(Buffer.from(master.trim(), "hex")));
  await opened.reopen();
  assert.equal(await readFile(masterKeyFile, "utf8"), master);
});

test("after destroying, no file of the vault holds a byte of the wrapped key", async () => {
  await using opened = await openInFolder();
  const { file, vault } = opened;
  const sealed = await Promise.all(Array.from({ length: 300 }, (_, nth) => sealIn(vault, `session-${nth}`)));
  const raw = new DatabaseSync(file, { readOnly: true });
  const wrapped = new Map(
    raw
      .prepare("SELECT id, wrapped FROM keys")
      .all()
      .map((row) => [row["id"] as string, Buffer.from(row["wrapped"] as Uint8Array)]),
  );
  raw.close();
  assert.equal(wrapped.size, 300);
  for (let round = 0; round < 3; round++) {
    const gone = sealed.filter((_, nth) => nth % 4 === round).map(({ keyId }) => keyId);
    await vault.destroy(gone);
    const stored = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)]);
    for (const id of gone) assert.ok(!stored.includes(wrapped.get(id)?.subarray(0, 16) as Buffer));
  }
  assert.ok(await unsealIn(vault, sealed[3] as SealedText));
});

async function closed(spoil: (files: { file: string; masterKeyFile: string }) => Promise<void>, message: RegExp): Promise<void> {
  await using opened = await openInFolder();
  await sealIn(opened.vault, "session-1");
  await opened.vault[Symbol.asyncDispose]();
  await spoil(opened);
  await assert.rejects(openSqliteKeyVault(opened), message);
}

test("a vault whose master key is missing is not opened, and no new key is made for it", async () => {
  await closed(({ masterKeyFile }) => rm(masterKeyFile), /is missing.*restore it/);
});

test("a master key of another vault is refused", async () => {
  await closed(({ masterKeyFile }) => writeFile(masterKeyFile, `${"ab".repeat(32)}\n`), /does not belong to/);
});

test("a master key that is cut short is refused", async () => {
  await closed(({ masterKeyFile }) => writeFile(masterKeyFile, "abcd\n"), /64 hexadecimal digits/);
});

test("a master key that others can read is refused", async () => {
  await closed(({ masterKeyFile }) => chmod(masterKeyFile, 0o640), /chmod 600/);
});

test("a wrapped key cannot stand in for another", async () => {
  await using opened = await openInFolder();
  const [one, two] = [await sealIn(opened.vault, "session-1"), await sealIn(opened.vault, "session-2")];
  await opened.vault[Symbol.asyncDispose]();
  const raw = new DatabaseSync(opened.file);
  raw.prepare("UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE id = ?) WHERE id = ?").run(one.keyId, two.keyId);
  raw.close();
  const again = await opened.reopen();
  await assert.rejects(unsealIn(again, two), /was changed/);
  await assert.rejects(sealIn(again, "session-2"), /was changed/);
  assert.ok(await unsealIn(again, one));
});
