import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hashDocument } from "./hash-document.ts";

describe("the digest of a document", () => {
  test("is that of its text with sorted keys and without spaces", () => {
    const document = '{ "b": [1.50, 1e3, -0, true, null], "a": {"<é>": "line\\n\\u2028"} }';
    assert.equal(hashDocument(document), hash("sha256", '{"a":{"<é>":"line\\n\\u2028"},"b":[1.50,1e3,-0,true,null]}'));
  });

  test("sorts keys by their bytes, where JavaScript would not", () => {
    assert.equal(hashDocument('{"\\uFFFD": 1, "\\uD83D\\uDE00": 2}'), hash("sha256", '{"\uFFFD":1,"\u{1F600}":2}'));
  });

  test("of an array and of a single value", () => {
    assert.equal(hashDocument("[]"), hash("sha256", "[]"));
    assert.equal(hashDocument(' "a" '), hash("sha256", '"a"'));
  });

  test("does not depend on spaces and the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
        const reversed = Object.fromEntries(Object.entries(document).reverse());
        assert.equal(hashDocument(JSON.stringify(document)), hashDocument(JSON.stringify(reversed, null, 2)));
      }),
    );
  });

  test("refuses what is not JSON", () => {
    assert.throws(() => hashDocument('{"a": }'), SyntaxError);
    assert.throws(() => hashDocument("[".repeat(100_000) + "]".repeat(100_000)), RangeError);
  });
});
