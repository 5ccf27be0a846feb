import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from "@clickhouse/client";
import { type Asking, askEmbedded, askServer } from "./ask.ts";

export type ClickHouseTarget =
  | { readonly kind: "chdb"; readonly path: string }
  | {
      readonly kind: "server";
      readonly url: string;
      readonly user: string;
      readonly password: string;
      readonly database: string;
      readonly cluster?: string | null;
    };

/** A connection runs one statement at a time: questions of a screen wait neither for inserts nor for questions that take long. */
export interface Connections {
  readonly product: string;
  readonly writer: ClickHouseClient;
  readonly reader: Asking;
  readonly slowReader: Asking;
  close(): Promise<void>;
}

const DATABASE = "andon";

/**
 * What every insert needs. `async_insert` would wait for more rows although a batch is complete; the block hashes behind
 * `insert_deduplicate` outlive a truncated table and would swallow the rows of a rebuild; a late batch may touch more
 * months than the default limit of partitions allows.
 */
const WRITE_SETTINGS: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  max_partitions_per_insert_block: "0",
  max_execution_time: 600,
};

/** Embedded, rollups are in the page cache: handing each read to another thread costs more than the read. `readonly` is last. */
const READ_SETTINGS = { local_filesystem_read_method: "'pread'", max_memory_usage: 2 ** 30, readonly: 2 };

type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;

export const openConnections = (target: ClickHouseTarget): Promise<Connections> =>
  target.kind === "chdb" ? openEmbedded(target.path) : openServer(target);

/**
 * ClickHouse inside this process. Settings of a connection stay with it for ever here, so each gets its own once and never
 * any with a query; the reader cannot leave its read-only mode.
 */
async function openEmbedded(path: string): Promise<Connections> {
  const [{ createChdbConnection }, { drainPending }] = await Promise.all([import("chdb/connection"), import("chdb")]);
  const opened: ClickHouseClient[] = [];
  const connect = (): ClickHouseClient => {
    // The driver's own copy of the client's types differs in a private member only.
    const connection = createChdbConnection({ path }) as unknown as Connection;
    const client = createClient({ connection, log: { level: ClickHouseLogLevel.OFF } });
    opened.push(client);
    return client;
  };
  const asking: Asking[] = [];
  const close = async (): Promise<void> => {
    // Closing a connection under a running statement would abort the whole engine.
    for (const { idle } of asking) await idle();
    await drainPending();
    for (const client of opened.splice(0)) await client.close();
    await drainPending();
  };
  try {
    const writer = connect();
    const reader = connect();
    const slowReader = connect();
    await writer.command({ query: `CREATE DATABASE IF NOT EXISTS ${DATABASE}` });
    for (const client of opened) await client.command({ query: `USE ${DATABASE}` });
    for (const [name, value] of Object.entries(WRITE_SETTINGS)) await writer.command({ query: `SET ${name} = ${value}` });
    for (const [name, value] of Object.entries(READ_SETTINGS)) {
      for (const client of [reader, slowReader]) await client.command({ query: `SET ${name} = ${value}` });
    }
    asking.push(askEmbedded(reader), askEmbedded(slowReader));
    const [quick, slow] = asking as [Asking, Asking];
    return { product: "chDB", writer, reader: quick, slowReader: slow, close };
  } catch (error) {
    await close();
    throw await understandable(error, path);
  }
}

async function openServer({ url, user, password, database, cluster }: ClickHouseTarget & { kind: "server" }): Promise<Connections> {
  // Every failure reaches the caller; the client's own log would repeat it on the console.
  const credentials = { url, username: user, password, request_timeout: 620_000, log: { level: ClickHouseLogLevel.OFF } };
  const setUp = createClient(credentials);
  const onCluster = cluster ? "ON CLUSTER {cluster:String}" : "";
  try {
    await setUp.command({
      query: `CREATE DATABASE IF NOT EXISTS {database:Identifier} ${onCluster}`,
      query_params: { database, ...(cluster && { cluster }) },
    });
  } finally {
    await setUp.close();
  }
  const writer = createClient({ ...credentials, database, clickhouse_settings: WRITE_SETTINGS });
  const reader = createClient({ ...credentials, database, clickhouse_settings: { readonly: "2" } });
  const close = async (): Promise<void> => {
    await Promise.all([writer.close(), reader.close()]);
  };
  const asking = askServer(reader);
  return { product: "ClickHouse", writer, reader: asking, slowReader: asking, close };
}

/** The driver only says that it could not connect; the engine's lock file says who is in the way. */
async function understandable(error: unknown, path: string): Promise<unknown> {
  const message = error instanceof Error ? error.message : String(error);
  if (/only one active data directory/.test(message)) {
    return new Error(`This process has the analytics data of another folder open; close it before opening ${path}.`, { cause: error });
  }
  if (!/Failed to create connection|Cannot lock file/.test(message)) return error;
  const status = await readFile(join(path, "status"), "utf8").catch(() => "");
  const pid = Number(/^PID: (\d+)/.exec(status)?.[1] ?? 0);
  const why =
    pid !== 0 && isRunning(pid)
      ? `They are in use by another process (${pid}): stop it, or choose another data folder.`
      : "Check that the folder may be written to and that its disk is not full.";
  return new Error(`The analytics data in ${path} cannot be opened. ${why}`, { cause: error });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
