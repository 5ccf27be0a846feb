import assert from "node:assert/strict";
import { test } from "node:test";
import { filesIn } from "./patch.ts";

const PATCH = `*** Begin Patch
*** Add File: docs/new.md
+# Title
+
+Text
*** Update File: src/old name.ts
*** Move to: src/renamed.ts
@@ function total
 context
-  return 1;
+  return 2;
+  // done
*** Delete File: gone.txt
*** End Patch`;

const FILES = [
  { operation: "create", path: "docs/new.md", added: 3, removed: 0 },
  { operation: "update", path: "src/renamed.ts", added: 2, removed: 1 },
  { operation: "delete", path: "gone.txt", added: 0, removed: 0 },
];

test("each section of a patch is a file, with its own lines", () => {
  assert.deepEqual(filesIn(PATCH), FILES);
  assert.deepEqual(filesIn(PATCH.replaceAll("\n", "\r\n")), FILES);
});

test("a patch inside the JSON of a call is the same patch", () => {
  assert.deepEqual(filesIn(JSON.stringify({ input: PATCH })), FILES);
});

test("what is no patch changes no files", () => {
  for (const argument of ["", "{", '{"input":7}', "null", "+ a line", "--- a/file\n+++ b/file"]) assert.deepEqual(filesIn(argument), []);
});
