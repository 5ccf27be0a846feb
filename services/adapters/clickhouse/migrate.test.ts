import assert from "node:assert/strict";
import { test } from "node:test";
import { readMigrations, statementOf } from "./migrate.ts";

test("one template for a node and for a cluster", () => {
  const template = "CREATE TABLE t {{on_cluster}} (a String) ENGINE = {{engine}}(v) ORDER BY a";
  assert.equal(statementOf(template, null), "CREATE TABLE t  (a String) ENGINE = ReplacingMergeTree(v) ORDER BY a");
  assert.equal(
    statementOf(template, "main's"),
    "CREATE TABLE t ON CLUSTER 'main\\'s' (a String) ENGINE = ReplicatedReplacingMergeTree(v) ORDER BY a",
  );
});

test("every migration can be repeated, and leaves nothing of the template behind", async () => {
  const migrations = await readMigrations();
  assert.deepEqual(
    migrations.map(({ name }) => name.slice(0, 3)),
    migrations.map((_, nth) => String(nth + 1).padStart(3, "0")),
  );
  for (const { name, template } of migrations) {
    const statement = statementOf(template, "c");
    assert.match(statement, /CREATE TABLE IF NOT EXISTS \w+ ON CLUSTER 'c'/, name);
    assert.match(statement, /ENGINE = ReplicatedReplacingMergeTree/, name);
    assert.doesNotMatch(statement, /\{\{/, name);
  }
});
