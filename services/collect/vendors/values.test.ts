import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { DecimalUsd, Id, Name } from "../../../schemas/primitives.ts";
import { amount, asId, asName, asUsd, contentOf, count, flag, id, size, text, timeOf } from "./values.ts";

test("numbers and flags are read whether they are text or not", () => {
  const attributes = { a: "101", b: 101, c: "true", d: true, e: "", f: "x", g: null, h: ["1"], i: "1.6", j: -3, k: "Infinity" };
  assert.deepEqual([count(attributes, "a"), count(attributes, "b"), count(attributes, "i"), count(attributes, "j")], [101, 101, 2, -3]);
  assert.deepEqual(
    [count(attributes, "e"), count(attributes, "f"), count(attributes, "g"), count(attributes, "h"), amount(attributes, "k")],
    [undefined, undefined, undefined, undefined, undefined],
  );
  assert.deepEqual([flag(attributes, "c"), flag(attributes, "d"), flag(attributes, "f")], [true, true, undefined]);
  assert.deepEqual(
    [size(attributes, "j"), size(attributes, "a"), text(attributes, "b"), text(attributes, "e")],
    [undefined, 101, "101", undefined],
  );
  assert.equal(count(attributes, "missing", "a"), 101);
});

test("dollars are exact to twelve places", () => {
  assert.deepEqual([0.094096, 0.007202400000000001, 0.018764799999999998, 12345.678901, 0, 5e-7, 1e-13, -0.5].map(asUsd), [
    "0.094096",
    "0.0072024",
    "0.0187648",
    "12345.678901",
    "0",
    "0.0000005",
    "0",
    "-0.5",
  ]);
  assert.deepEqual([Number.NaN, Number.POSITIVE_INFINITY, 1e15].map(asUsd), [undefined, undefined, undefined]);
  const fits = Compile(DecimalUsd);
  fc.assert(
    fc.property(fc.double({ min: -1e14, max: 1e14, noNaN: true }), (dollars) => {
      const written = asUsd(dollars);
      assert.ok(written !== undefined && fits.Check(written), String(written));
      assert.ok(Math.abs(Number(written) - dollars) <= 5e-13 + Math.abs(dollars) * Number.EPSILON);
    }),
  );
});

test("whatever text comes, names and ids fit the schema, and different ids stay different", () => {
  const fitsName = Compile(Name);
  const fitsId = Compile(Id);
  const any = fc.oneof(fc.string({ unit: "binary", maxLength: 600 }), fc.string({ minLength: 250, maxLength: 260 }));
  fc.assert(
    fc.property(any, any, (one, other) => {
      const asOne = asName(one);
      if (asOne !== undefined) assert.ok(fitsName.Check(asOne) && asOne.isWellFormed());
      const [a, b] = [asId(one), asId(other)];
      if (a !== undefined) assert.ok(fitsId.Check(a) && a.isWellFormed());
      if (a !== undefined && b !== undefined && one !== other) assert.notEqual(a, b);
    }),
  );
  const long = "x".repeat(300);
  assert.notEqual(id({ a: long }, "a"), id({ a: `${long}y` }, "a"));
  assert.equal(asName("two\nlines"), "two lines");
});

test("a time comes from the record, else from the attribute, else there is none", () => {
  assert.equal(timeOf(5, { "event.timestamp": "2026-11-21T09:16:09.348Z" }), 5);
  assert.equal(timeOf(null, { "event.timestamp": "2026-11-21T09:16:09.348Z" }), 1_795_252_569_348);
  assert.equal(timeOf(null, { "event.timestamp": 1_795_252_569_348 }), 1_795_252_569_348);
  assert.deepEqual(
    [{}, { "event.timestamp": "soon" }, { "event.timestamp": 1e300 }, { "event.timestamp": true }].map((attributes) =>
      timeOf(null, attributes),
    ),
    [null, null, null, null],
  );
});

test("content that was held back is no content", () => {
  assert.deepEqual(contentOf(["prompt", "<REDACTED>"], ["error", ""], ["path", undefined], ["response", "done"]), [
    { kind: "response", text: "done" },
  ]);
});
