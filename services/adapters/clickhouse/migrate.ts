import { readdir, readFile } from "node:fs/promises";
import type { ClickHouseClient } from "@clickhouse/client";

const FOLDER = new URL("../../../schemas/clickhouse/", import.meta.url);

export interface Migration {
  readonly name: string;
  readonly template: string;
}

/** The statements that make the tables, oldest first. */
export async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{3}_\w+\.sql$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, template: await readFile(new URL(name, FOLDER), "utf8") })));
}

/** One node keeps its own rows; on a cluster every replica gets the table and the rows. */
export function statementOf(template: string, cluster: string | null): string {
  return template
    .replaceAll("{{on_cluster}}", cluster === null ? "" : `ON CLUSTER '${cluster.replace(/[\\']/g, "\\$&")}'`)
    .replaceAll("{{engine}}", cluster === null ? "ReplacingMergeTree" : "ReplicatedReplacingMergeTree");
}

const LEDGER = `
CREATE TABLE IF NOT EXISTS migrations {{on_cluster}} (name String, applied DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = {{engine}} ORDER BY name`;

/** Applies what is not applied yet, each once. */
export async function migrate(writer: ClickHouseClient, cluster: string | null): Promise<void> {
  await writer.command({ query: statementOf(LEDGER, cluster) });
  const done = await writer.query({ query: "SELECT name FROM migrations", format: "JSONEachRow" });
  const applied = new Set((await done.json<{ name: string }>()).map(({ name }) => name));
  for (const { name, template } of await readMigrations()) {
    if (applied.has(name)) continue;
    await writer.command({ query: statementOf(template, cluster) });
    await writer.insert({ table: "migrations", columns: ["name"], values: [[name]], format: "JSONCompactEachRow" });
  }
}
