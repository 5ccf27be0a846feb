import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { drainPending, Session } from "chdb";

/** What a request asked for, so that a test can look at what went over the wire. */
export interface Asked {
  readonly user: string;
  readonly sql: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface ClickHouseOverHttp extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** Parameters of the interface itself; everything else in the address is a setting of the query. */
const OWN = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "session_id",
  "role",
  "wait_end_of_query",
  "enable_http_compression",
]);

/**
 * ClickHouse's HTTP interface in front of the engine in this process: each request has a connection of its own, with the
 * settings and parameters of its address and of nothing else, as a server does it.
 */
export async function serveClickHouse(path: string, user: string, password: string): Promise<ClickHouseOverHttp> {
  const asked: Asked[] = [];
  const keeper = new Session(path);
  const server = createServer(async (request, response) => {
    try {
      const given = `${userOf(request)}:${request.headers["x-clickhouse-key"] ?? ""}`;
      if (!authorised(request, user, password))
        throw new Error(`Code: 516. DB::Exception: ${given}: Authentication failed. (AUTHENTICATION_FAILED)`);
      response.end(await answer(path, request, asked));
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      keeper.close();
      await drainPending();
    },
  };
}

async function answer(path: string, request: IncomingMessage, asked: Asked[]): Promise<Uint8Array> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const query = searchParams.get("query");
  const body = query === null ? await text(request) : (await buffer(request)).toString("utf8");
  const sql = query === null ? body : `${query}\n${body}`;
  const names = [...searchParams.keys()];
  const settings = Object.fromEntries(
    names.filter((name) => !OWN.has(name) && !name.startsWith("param_")).map((name) => [name, searchParams.get(name) ?? ""]),
  );
  const params = Object.fromEntries(
    names
      .filter((name) => name.startsWith("param_"))
      .map((name) => [name.slice(6), readValue(name.slice(6), searchParams.get(name) ?? "", sql)]),
  );
  asked.push({ user: userOf(request), sql: query ?? body, settings });
  const session = new Session(path);
  try {
    const database = searchParams.get("database");
    if (database !== null) await session.queryAsync(`USE \`${database}\``);
    // Read-only comes last: after it nothing else can be set.
    for (const [name, value] of Object.entries(settings).sort(([a]) => (a === "readonly" ? 1 : -1))) {
      await session.queryAsync(`SET ${name} = '${value.replaceAll("'", "''")}'`);
    }
    const result = Object.keys(params).length > 0 ? await session.queryBindAsync(sql, params) : await session.queryAsync(sql);
    return result.bytes();
  } finally {
    session.close();
  }
}

/** What a server would read from the address, as the value that the driver in this process takes. */
function readValue(name: string, value: string, sql: string): string | string[] {
  if (!sql.includes(`{${name}:Array(String)}`)) return unescaped(value);
  return [...value.matchAll(/'((?:[^'\\]|\\.)*)'/gs)].map(([, element = ""]) => unescaped(element));
}

const ESCAPES: Readonly<Record<string, string>> = { "0": "\0", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const unescaped = (value: string): string => value.replace(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? sign);

const userOf = (request: IncomingMessage): string => basic(request)[0] ?? String(request.headers["x-clickhouse-user"] ?? "");

function authorised(request: IncomingMessage, user: string, password: string): boolean {
  const [name, secret] = basic(request);
  return name === user && secret === password;
}

function basic(request: IncomingMessage): string[] {
  const [scheme, encoded = ""] = (request.headers.authorization ?? "").split(" ");
  return scheme === "Basic" ? Buffer.from(encoded, "base64").toString("utf8").split(":") : [];
}
