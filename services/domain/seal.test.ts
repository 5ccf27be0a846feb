import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { seal, unseal } from "./seal.ts";

const key = { id: "key_1", secret: randomBytes(32) };
const other = { id: "key_2", secret: randomBytes(32) };

test("what was sealed opens with the same key and the same associated data only", () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ maxLength: 5000 }), (associated, text) => {
      const { bytes } = seal(key, associated, text);
      assert.deepEqual(unseal(key, associated, bytes), Buffer.from(text));
      assert.equal(unseal(other, associated, bytes), null);
      assert.equal(unseal(key, `${associated}x`, bytes), null);
    }),
  );
});

test("any changed byte is refused", () => {
  const { bytes } = seal(key, "event.0.prompt", Buffer.from("refund order 4711"));
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(unseal(key, "event.0.prompt", changed), null);
  }
});

test("sealing again gives the same bytes; another event gives unrelated ones", () => {
  const text = Buffer.from("same prompt");
  assert.deepEqual(seal(key, "a", text), seal(key, "a", text));
  assert.notDeepEqual(seal(key, "a", text).bytes, seal(key, "b", text).bytes);
});

test("the commitment can be recomputed from associated data and ciphertext alone", () => {
  const { bytes, commitment } = seal(key, "event.0.prompt", Buffer.from("text"));
  const expected = createHash("sha256")
    .update(Buffer.from([0, 0, 0, 14]))
    .update("event.0.prompt")
    .update(bytes)
    .digest("hex");
  assert.equal(commitment, expected);
});

test("the clear text is not in the sealed bytes", () => {
  const text = Buffer.from("CPF 529.982.247-25 of the customer");
  assert.equal(seal(key, "a", text).bytes.includes(text.subarray(4, 18)), false);
});
