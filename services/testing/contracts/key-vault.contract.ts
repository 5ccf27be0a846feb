import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { KeyVault, SealedText } from "../../ports/key-vault.ts";
import { type Skips, suite } from "./suite.ts";

interface Opened extends AsyncDisposable {
  readonly vault: KeyVault;
  reopen(): Promise<KeyVault>;
}

interface KeyVaultUnderTest {
  readonly open: () => Promise<Opened>;
  readonly skips?: Skips;
}

const textOf = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString("utf8");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

async function sealOne(vault: KeyVault, scope: string, text = "refund order 4711", associated = "event.0.prompt"): Promise<SealedText> {
  const [sealed] = await vault.seal([{ scope, associated, text }]);
  assert.ok(sealed);
  return sealed;
}

const opened = async (vault: KeyVault, { keyId, bytes }: SealedText, associated = "event.0.prompt") =>
  textOf(await vault.unseal(keyId, associated, bytes));

export function keyVaultContract(adapter: string, { open, skips = {} }: KeyVaultUnderTest): void {
  suite(`key vault: ${adapter}`, skips, open, (check) => {
    check("what was sealed opens with its key and its associated data, and not otherwise", async ({ vault }) => {
      const [sealed, other] = [await sealOne(vault, "session-1"), await sealOne(vault, "session-2")];
      assert.equal(await opened(vault, sealed), "refund order 4711");
      assert.equal(await opened(vault, sealed, "event.1.prompt"), null);
      assert.equal(await vault.unseal(other.keyId, "event.0.prompt", sealed.bytes), null);
      assert.equal(await vault.unseal("no-such-key", "event.0.prompt", sealed.bytes), null);
      const right = { keyId: sealed.keyId, associated: "event.0.prompt", bytes: sealed.bytes };
      const [own, ...others] = await vault.unsealMany([right, { ...right, keyId: other.keyId }, { ...right, keyId: "no-such-key" }]);
      assert.equal(textOf(own ?? null), "refund order 4711");
      assert.deepEqual(others, [null, null]);
      assert.equal(await vault.unseal(sealed.keyId, "event.0.prompt", sealed.bytes.subarray(1)), null);
      assert.equal(await vault.unseal(sealed.keyId, "event.0.prompt", Buffer.alloc(0)), null);
    });

    check("the commitment is SHA-256 over length, associated data and sealed bytes", async ({ vault }) => {
      const { bytes, commitment } = await sealOne(vault, "session-1");
      const expected = createHash("sha256")
        .update(Buffer.from([0, 0, 0, 14]))
        .update("event.0.prompt")
        .update(bytes)
        .digest("hex");
      assert.equal(commitment, expected);
      assert.equal(Buffer.from(bytes).includes("4711"), false);
    });

    check("texts and bytes of any kind come back as they were, in order", async ({ vault }) => {
      const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 5_000 }), fc.constant(""));
      const items = fc.array(fc.record({ scope: fc.constantFrom("a", "b", "c"), associated: fc.string(), text }), { maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(items, async (asked) => {
          const sealed = await vault.seal(asked);
          assert.equal(sealed.length, asked.length);
          for (const [nth, { associated, text: given }] of asked.entries()) {
            const { keyId, bytes } = sealed[nth] as SealedText;
            const back = await vault.unseal(keyId, associated, bytes);
            assert.deepEqual(Buffer.from(back ?? "lost"), Buffer.from(given as Uint8Array));
          }
        }),
        { numRuns: 30 },
      );
    });

    check("a scope keeps its key, scopes have different keys, and the same again gives the same bytes", async ({ vault }) => {
      const [first, again, other] = [await sealOne(vault, "s-1"), await sealOne(vault, "s-1"), await sealOne(vault, "s-2")];
      assert.deepEqual([again.keyId, hex(again.bytes)], [first.keyId, hex(first.bytes)]);
      assert.notEqual(other.keyId, first.keyId);
      assert.notEqual(hex(other.bytes), hex(first.bytes));
    });

    check("asked for at once, a scope still has one key", async ({ vault }) => {
      const sealed = await Promise.all(Array.from({ length: 20 }, (_, nth) => sealOne(vault, `session-${nth % 2}`)));
      assert.equal(new Set(sealed.map(({ keyId }) => keyId)).size, 2);
    });

    check("a destroyed key is gone for ever; its scope gets a new one", async ({ vault, reopen }) => {
      const [gone, kept] = [await sealOne(vault, "session-1"), await sealOne(vault, "session-2")];
      await vault.destroy([gone.keyId]);
      assert.equal(await opened(vault, gone), null);
      const next = await sealOne(vault, "session-1");
      assert.notEqual(next.keyId, gone.keyId);
      assert.notEqual(hex(next.bytes), hex(gone.bytes));
      assert.equal((await sealOne(vault, "session-2")).keyId, kept.keyId);
      const again = await reopen();
      assert.equal(await opened(again, gone), null);
      assert.equal(await opened(again, next), "refund order 4711");
      assert.equal(await opened(again, kept), "refund order 4711");
    });

    check("a key that is used while it is destroyed is not kept at hand", async ({ vault }) => {
      const { keyId } = await sealOne(vault, "session-1");
      await Promise.all([vault.destroy([keyId]), sealOne(vault, "session-1"), sealOne(vault, "session-1")]);
      const next = await sealOne(vault, "session-1");
      assert.notEqual(next.keyId, keyId);
      assert.equal(await opened(vault, next), "refund order 4711");
    });

    check("more scopes than anybody keeps at hand keep their keys", async ({ vault }) => {
      const scopes = Array.from({ length: 2_500 }, (_, nth) => ({ scope: `session-${nth}`, associated: "a", text: "x" }));
      const first = await vault.seal(scopes);
      const again = await vault.seal([...scopes].reverse());
      assert.equal(new Set(first.map(({ keyId }) => keyId)).size, 2_500);
      assert.deepEqual(
        again.map(({ keyId }) => keyId),
        first.map(({ keyId }) => keyId).reverse(),
      );
    });

    check("nothing to seal, and destroying what is not there, is no error", async ({ vault }) => {
      assert.deepEqual(await vault.seal([]), []);
      await vault.destroy([]);
      await vault.destroy(["no-such-key"]);
    });

    check("after opening again every scope has its key", async ({ vault, reopen }) => {
      const sealed = await sealOne(vault, "session-1");
      const again = await reopen();
      assert.equal((await sealOne(again, "session-1")).keyId, sealed.keyId);
      assert.equal(await opened(again, sealed), "refund order 4711");
    });

    check("closing twice is no error, and afterwards every call is refused", async ({ vault }) => {
      const { keyId, bytes } = await sealOne(vault, "session-1");
      await Promise.all([vault[Symbol.asyncDispose](), vault[Symbol.asyncDispose]()]);
      await assert.rejects(sealOne(vault, "session-1"), /closed/);
      await assert.rejects(vault.unseal(keyId, "event.0.prompt", bytes), /closed/);
      await assert.rejects(vault.destroy([keyId]), /closed/);
    });
  });
}
