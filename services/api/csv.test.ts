import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Column, csvLines } from "./csv.ts";

const text: readonly Column<string>[] = [{ name: "a", kind: "text", of: (value) => value }];
const line = (value: string): string => csvLines(text, [value]);

test("texts that a spreadsheet would run are defused", () => {
  for (const start of ["=", "+", "-", "@", "\t=", " =", "\r=", "\n-", "|", "%", "\uff1d"]) {
    assert.match(line(`${start}cmd`), /^"?'/, JSON.stringify(start));
  }
  assert.equal(line("team-a"), "team-a\r\n");
});

test("our own numbers stay numbers", () => {
  const number: readonly Column<string>[] = [{ name: "n", kind: "number", of: (value) => value }];
  assert.equal(csvLines(number, ["-0.5"]), "-0.5\r\n");
});

test("nothing is written for what is not there", () => {
  const nothing: readonly Column<null>[] = [{ name: "x", kind: "text", of: () => null }];
  assert.equal(csvLines(nothing, [null]), "\r\n");
});

/** An independent reader of one cell, by the rules of RFC 4180. */
function readCell(csv: string): string {
  assert.ok(csv.endsWith("\r\n"));
  const cell = csv.slice(0, -2);
  if (!cell.startsWith('"')) {
    assert.ok(!/[",\r\n]/.test(cell));
    return cell;
  }
  const inner = cell.slice(1, -1);
  assert.ok(cell.endsWith('"') && cell.length > 1 && !inner.replaceAll('""', "").includes('"'));
  return inner.replaceAll('""', '"');
}

test("whatever the text, it is one cell and comes back, at most with an apostrophe in front", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "=", "'", " ", "é") }), (value) => {
      const read = readCell(line(value));
      assert.ok(read === value || read === `'${value}`);
    }),
  );
});
