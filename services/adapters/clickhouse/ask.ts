import type { ClickHouseClient } from "@clickhouse/client";

export type Params = Readonly<Record<string, unknown>>;

/** Asks one question at a connection. */
export interface Asking {
  ask<Row>(query: string, params: Params): Promise<readonly Row[]>;
  /** Resolves when no question is being answered. */
  idle(): Promise<void>;
}

export function askServer(client: ClickHouseClient): Asking {
  return { ask: (query, params) => answer(client, query, params), idle: async () => {} };
}

/**
 * In process, what a failed question had already answered stays in the connection and comes before the next answer. So
 * questions run one by one, which the engine would do anyway, and after a failure the rest is taken away.
 */
export function askEmbedded(client: ClickHouseClient): Asking {
  let last: Promise<unknown> = Promise.resolve();
  const cleared = async <Row>(query: string, params: Params): Promise<readonly Row[]> => {
    try {
      return await answer<Row>(client, query, params);
    } catch (error) {
      const rest = await client.query({ query: "SELECT 1", format: "TabSeparated" });
      await rest.text();
      throw error;
    }
  };
  return {
    ask: <Row>(query: string, params: Params) => {
      const asked = last.then(() => cleared<Row>(query, params));
      last = asked.catch(() => {});
      return asked;
    },
    idle: async () => {
      await last;
    },
  };
}

/** Asks for one document: reading row by row takes several times as long, and would not notice what does not belong to it. */
async function answer<Row>(client: ClickHouseClient, query: string, params: Params): Promise<readonly Row[]> {
  const found = await client.query({ query, query_params: { ...params }, format: "JSON" });
  return (await found.json<Row>()).data;
}
