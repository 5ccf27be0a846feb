import { readFile } from "node:fs/promises";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Api } from "./app.ts";
import { fail, problemResponse } from "./problems.ts";

export interface Listen {
  readonly api: Api;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** A second door for telemetry alone; null: none. */
  readonly otlpPort: number | null;
  /** PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** A proxy in front terminates TLS. */
  readonly behindProxy: boolean;
}

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Where the second door listens; null when it is off or its port is taken. */
  readonly otlpPort: number | null;
  /** What an operator should know; for health. */
  readonly warnings: readonly string[];
}

/** Requests in work at the end get this long to finish. */
const FINISH_MS = 5_000;

/** @throws Error with a sentence for the operator when the address cannot be used */
export async function serveApi({ api, host, port, otlpPort, tls, behindProxy }: Listen): Promise<Served> {
  if (!isLoopback(host) && !tls && !behindProxy) {
    throw new Error(
      `Listening on ${host} would send credentials over the network without encryption. ` +
        "Give a TLS certificate and key, or say that a proxy in front terminates TLS.",
    );
  }
  const secrets = tls && { cert: await readPem(tls.cert, "certificate"), key: await readPem(tls.key, "key") };
  const make = (fetch: Api["app"]["fetch"]) => serverOf(fetch, secrets);

  const main = make(api.app.fetch);
  const boundPort = await listen(main, host, port).catch((error: NodeJS.ErrnoException) => {
    throw new Error(refusedPort(host, port, error), { cause: error });
  });
  const servers = [main];
  const warnings: string[] = [];
  const telemetry = otlpPort === null ? null : make(telemetryOnly(api));
  let boundOtlp: number | null = null;
  if (telemetry && otlpPort !== null) {
    boundOtlp = await listen(telemetry, host, otlpPort).catch((error: NodeJS.ErrnoException) => {
      warnings.push(`${refusedPort(host, otlpPort, error)} Telemetry is taken on port ${boundPort} only.`);
      return null;
    });
    if (boundOtlp !== null) servers.push(telemetry);
  }
  return {
    url: `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    otlpPort: boundOtlp,
    warnings,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await Promise.all(servers.map(close));
    },
  };
}

function serverOf(fetch: Api["app"]["fetch"], secrets: { cert: string; key: string } | null): Server {
  const timeouts = { keepAliveTimeout: 75_000, headersTimeout: 30_000, requestTimeout: 120_000 };
  const server = secrets
    ? createAdaptorServer({ fetch, createServer: createHttps, serverOptions: { ...timeouts, ...secrets } })
    : createAdaptorServer({ fetch, createServer: createHttp, serverOptions: timeouts });
  return server as Server;
}

/** OpenTelemetry's own port takes telemetry and nothing else. */
function telemetryOnly({ app }: Api): Api["app"]["fetch"] {
  return (request, ...rest) => {
    if (new URL(request.url).pathname.startsWith("/v1/")) return app.fetch(request, ...rest);
    return problemResponse(
      fail(404, "not_found", "This port takes OTLP on /v1/logs, /v1/metrics and /v1/traces.", {
        hint: "The console and the API are on the main port.",
      }),
    );
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(port, host, () => {
    server.off("error", reject);
    resolve((server.address() as AddressInfo).port);
  });
  return promise;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const last = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await promise;
  clearTimeout(last);
}

function refusedPort(host: string, port: number, { code }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE") return `Port ${port} on ${host} is taken by another program.`;
  if (code === "EACCES") return `Port ${port} on ${host} needs more rights than this user has.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `This machine has no address ${host}.`;
  return `Port ${port} on ${host} cannot be opened (${code ?? "unknown"}).`;
}

const readPem = (file: string, what: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`The TLS ${what} cannot be read; check the path and its rights.`, { cause });
  });

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
