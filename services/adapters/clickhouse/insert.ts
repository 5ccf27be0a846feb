import type { ClickHouseClient } from "@clickhouse/client";
import type { Rows } from "../../ports/read-store.ts";

/**
 * Inserts rows as JSON. Embedded, the rows follow the statement in one text: an empty line would end them, and what comes
 * after it would run as SQL. `JSON.stringify` escapes line breaks inside values, so a line that is not one whole row is
 * a bug here, and nothing is sent.
 */
export async function insert(writer: ClickHouseClient, { table, columns, values }: Rows): Promise<void> {
  const [first, ...rest] = columns;
  if (values.length === 0 || first === undefined) return;
  for (const row of values) {
    if (row.length !== columns.length) throw new Error(`a row for ${table} has ${row.length} values for ${columns.length} columns`);
  }
  const wellFormed = values.map((row) => row.map(cell));
  await writer.insert({ table, columns: [first, ...rest], values: wellFormed, format: "JSONCompactEachRow" });
}

/** Half of a surrogate pair is a string in JavaScript and an error in ClickHouse. */
function cell(value: unknown): unknown {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "bigint") return value.toString();
  return Array.isArray(value) ? value.map(cell) : value;
}
