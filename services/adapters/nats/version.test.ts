import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast, versionWarnings } from "./version.ts";

test("versions compare by number", () => {
  for (const [version, least, expected] of [
    ["2.10.0", "2.10.0", true],
    ["2.9.25", "2.10.0", false],
    ["2.10.0", "2.9.25", true],
    ["v2.12.15", "2.12.3", true],
    ["3.0.0", "2.12.3", true],
    ["2.10.0-RC.1", "2.10.0", true],
    ["unknown", "2.10.0", false],
  ] as const) {
    assert.equal(atLeast(version, least), expected, `${version} >= ${least}`);
  }
});

test("a server with known data loss is warned of, others are not", () => {
  for (const version of ["2.9.10", "2.9.25", "unknown"]) assert.match(versionWarnings(version).join(), /power cut/, version);
  for (const version of ["2.10.22", "2.11.9", "2.12.2"]) assert.match(versionWarnings(version).join(), /known data loss/, version);
  for (const version of ["2.10.23", "2.12.3", "2.12.15", "2.15.2"]) assert.deepEqual(versionWarnings(version), [], version);
});
