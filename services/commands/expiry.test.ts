import assert from "node:assert/strict";
import test from "node:test";
import { readExpiry } from "./expiry.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");

test("an end is a number of days, a day to its end, or a moment", () => {
  assert.equal(readExpiry("90d", NOW), "2027-02-19T10:00:00.000Z");
  assert.equal(readExpiry("2026-12-31", NOW), "2027-01-01T00:00:00.000Z");
  assert.equal(readExpiry("2026-12-31T18:00:00-03:00", NOW), "2026-12-31T21:00:00.000Z");
});

test("anything else is none, a time without a zone included", () => {
  for (const text of ["", "soon", "90", "-1d", "2026-13-01", "2026-12-31T18:00:00", "31/12/2026"])
    assert.equal(readExpiry(text, NOW), null, text);
});
