import type { Position } from "../../ports/event-store.ts";
import type { Checkpoint, ReadStore, ReadStoreStatus, Rows } from "../../ports/read-store.ts";
import { type ClickHouseTarget, type Connections, openConnections } from "./connect.ts";
import { insert } from "./insert.ts";
import { migrate, statementOf } from "./migrate.ts";

/** Everything that is projected; the checkpoint goes first, so that a half-done reset starts again from nothing. */
const PROJECTED = ["checkpoints", "cost_rollup", "sessions", "quarantine", "decisions", "movements", "events"];

const QUERY_SECONDS = 10;

/** Opens ClickHouse and makes its tables. In process, a folder belongs to one process at a time. */
export async function openClickHouse(target: ClickHouseTarget): Promise<ReadStore> {
  const connections = await openConnections(target);
  const store = new ClickHouseReadStore(connections, target.kind === "server" ? (target.cluster ?? null) : null);
  try {
    await store.migrate();
  } catch (error) {
    await connections.close();
    throw error;
  }
  return store;
}

class ClickHouseReadStore implements ReadStore {
  readonly #connections: Connections;
  readonly #cluster: string | null;
  #closed = false;

  constructor(connections: Connections, cluster: string | null) {
    this.#connections = connections;
    this.#cluster = cluster;
  }

  async migrate(): Promise<void> {
    await migrate(this.#connections.writer, this.#cluster);
  }

  async reset(): Promise<void> {
    for (const table of PROJECTED) {
      const query = `TRUNCATE TABLE IF EXISTS ${table} {{on_cluster}} SETTINGS max_table_size_to_drop = 0`;
      await this.#connections.writer.command({ query: statementOf(query, this.#cluster) });
    }
  }

  async write(rows: readonly Rows[], checkpoint?: Checkpoint): Promise<void> {
    for (const one of rows) await insert(this.#connections.writer, one);
    if (!checkpoint) return;
    const { segment, position, shape, totals } = checkpoint;
    await insert(this.#connections.writer, {
      table: "checkpoints",
      columns: ["segment", "position", "shape", "totals"],
      values: [[segment, position, shape, JSON.stringify(totals)]],
    });
  }

  async checkpoint(): Promise<Checkpoint | null> {
    const [row] = await this.query<{ segment: number; position: string; shape: string; totals: string }>(
      "SELECT segment, position, shape, totals FROM checkpoints ORDER BY segment DESC LIMIT 1",
    );
    if (!row) return null;
    const totals = JSON.parse(row.totals) as Record<string, string>;
    return { segment: row.segment, position: row.position as Position, shape: row.shape, totals };
  }

  async query<Row>(sql: string, params: Readonly<Record<string, unknown>> = {}, seconds = QUERY_SECONDS): Promise<readonly Row[]> {
    // In process, a second statement would run after the first, and what a failed one leaves behind answers the next question.
    if (sql.includes(";")) throw new Error("a question is one statement without a semicolon");
    const settings = `SETTINGS max_execution_time = ${Number(seconds)}, output_format_json_quote_64bit_integers = 1`;
    const { reader, slowReader } = this.#connections;
    const asking = seconds > QUERY_SECONDS ? slowReader : reader;
    return asking.ask<Row>(`${sql}\n${settings}, do_not_merge_across_partitions_select_final = 1`, params);
  }

  async status(): Promise<ReadStoreStatus> {
    const { product } = this.#connections;
    if (this.#closed) return { state: "down", product, version: "", detail: "closed" };
    try {
      const [row] = await this.query<{ version: string }>("SELECT version() AS version", {}, 3);
      return { state: "up", product, version: row?.version ?? "", detail: "" };
    } catch (error) {
      return { state: "down", product, version: "", detail: error instanceof Error ? error.message.slice(0, 200) : "no answer" };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#connections.close();
  }
}
