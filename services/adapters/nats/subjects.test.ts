import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { receiptSubject } from "./subjects.ts";

test("whatever is asked for, a receipt goes to one concrete subject in the agent's own inbox", () => {
  const piece = fc.constantFrom("_INBOX_agt_a", "_INBOX_agt_b", ".", "..", "*", ">", " ", "\r\n", "x", "9", "$JS", "é", "");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((pieces) => pieces.join("")),
        fc.string(),
      ),
      (wanted) => {
        const given = receiptSubject("agt_a", wanted);
        assert.ok(given === null || (given === wanted && /^_INBOX_agt_a(\.[A-Za-z0-9_-]+)+$/.test(given)));
      },
    ),
    { numRuns: 2_000 },
  );
  assert.equal(receiptSubject("agt_a", "_INBOX_agt_a.AbC-1.2"), "_INBOX_agt_a.AbC-1.2");
});
