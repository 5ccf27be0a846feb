import assert from "node:assert/strict";
import type { KeyVault } from "../../ports/key-vault.ts";
import { type Skips, suite } from "./suite.ts";

interface Opened extends AsyncDisposable {
  readonly vault: KeyVault;
  reopen(): Promise<KeyVault>;
}

interface KeyVaultUnderTest {
  readonly open: () => Promise<Opened>;
  readonly skips?: Skips;
}

const hex = (secret: Uint8Array | undefined): string => Buffer.from(secret ?? []).toString("hex");

export function keyVaultContract(adapter: string, { open, skips = {} }: KeyVaultUnderTest): void {
  suite(`key vault: ${adapter}`, skips, open, (check) => {
    check("a scope keeps its key, and scopes have different keys", async ({ vault }) => {
      const first = await vault.keyFor("session-1");
      const again = await vault.keyFor("session-1");
      const other = await vault.keyFor("session-2");
      assert.equal(first.secret.length, 32);
      assert.deepEqual([again.id, hex(again.secret)], [first.id, hex(first.secret)]);
      assert.notEqual(other.id, first.id);
      assert.notEqual(hex(other.secret), hex(first.secret));
    });

    check("asked for at once, a scope still has one key", async ({ vault }) => {
      const keys = await Promise.all(Array.from({ length: 20 }, (_, nth) => vault.keyFor(`session-${nth % 2}`)));
      assert.equal(new Set(keys.map(({ id }) => id)).size, 2);
      assert.equal(new Set(keys.map(({ secret }) => hex(secret))).size, 2);
    });

    check("a key is opened by its id; an unknown id is null", async ({ vault }) => {
      const key = await vault.keyFor("session-1");
      assert.equal(hex((await vault.open(key.id))?.secret), hex(key.secret));
      assert.equal(await vault.open("no-such-key"), null);
    });

    check("wiping a key after use does not wipe the vault's", async ({ vault }) => {
      const key = await vault.keyFor("session-1");
      const before = hex(key.secret);
      key.secret.fill(0);
      assert.equal(hex((await vault.keyFor("session-1")).secret), before);
      assert.equal(hex((await vault.open(key.id))?.secret), before);
    });

    check("a destroyed key is gone for ever; its scope gets a new one", async ({ vault, reopen }) => {
      const [gone, kept] = [await vault.keyFor("session-1"), await vault.keyFor("session-2")];
      await vault.destroy([gone.id]);
      assert.equal(await vault.open(gone.id), null);
      const next = await vault.keyFor("session-1");
      assert.notEqual(next.id, gone.id);
      assert.notEqual(hex(next.secret), hex(gone.secret));
      assert.equal((await vault.keyFor("session-2")).id, kept.id);
      const again = await reopen();
      assert.equal(await again.open(gone.id), null);
      assert.equal(hex((await again.open(kept.id))?.secret), hex(kept.secret));
    });

    check("a key that is asked for while it is destroyed is not kept at hand", async ({ vault }) => {
      const key = await vault.keyFor("session-1");
      await Promise.all([vault.destroy([key.id]), vault.keyFor("session-1"), vault.keyFor("session-1")]);
      const next = await vault.keyFor("session-1");
      assert.notEqual(next.id, key.id);
      assert.equal(hex((await vault.open(next.id))?.secret), hex(next.secret));
    });

    check("destroying what is not there, or nothing, is no error", async ({ vault }) => {
      await vault.destroy([]);
      await vault.destroy(["no-such-key"]);
    });

    check("after opening again every scope has its key", async ({ vault, reopen }) => {
      const key = await vault.keyFor("session-1");
      const again = await reopen();
      const same = await again.keyFor("session-1");
      assert.deepEqual([same.id, hex(same.secret)], [key.id, hex(key.secret)]);
    });

    check("closing twice is no error, and afterwards every call is refused", async ({ vault }) => {
      const key = await vault.keyFor("session-1");
      await Promise.all([vault[Symbol.asyncDispose](), vault[Symbol.asyncDispose]()]);
      await assert.rejects(vault.keyFor("session-1"), /closed/);
      await assert.rejects(vault.open(key.id), /closed/);
      await assert.rejects(vault.destroy([key.id]), /closed/);
    });
  });
}
