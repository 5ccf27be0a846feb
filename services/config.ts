import { resolve } from "node:path";
import { isZone } from "./domain/budget/period.ts";
import { type OnFailure, onFailureWith, USUAL_FAILURE } from "./hooks/failure.ts";

/** Every setting there is. Read from the environment and the command line once, at the start. */
export interface Config {
  readonly data: string;
  /** The company that runs it, and the IANA zone in which its days and hours are meant. */
  readonly org: { readonly name: string; readonly zone: string };
  readonly host: string;
  readonly port: number;
  /** OpenTelemetry's usual port; null: only the main port takes telemetry. */
  readonly otlpPort: number | null;
  /** Terminates TLS in front of us: needed to listen beyond this machine. */
  readonly behindProxy: boolean;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly capture: "metadata" | "sealed";
  /** How agents' hooks are answered. */
  readonly hooks: { readonly approval: "deny" | "ask"; readonly onFailure: OnFailure };
  readonly bus:
    | { readonly kind: "local" }
    | {
        readonly kind: "cluster";
        readonly servers: readonly string[];
        readonly credentials: string | null;
        readonly signingKey: string | null;
        readonly operatorKey: string | null;
        readonly systemCredentials: string | null;
      };
  readonly store: { readonly kind: "sqlite" } | { readonly kind: "eventstore"; readonly url: string };
  readonly analytics:
    | { readonly kind: "chdb" }
    | {
        readonly kind: "server";
        readonly url: string;
        readonly user: string;
        readonly password: string;
        readonly database: string;
        readonly cluster: string | null;
      };
}

/** Settings and what they mean; the README's table is checked against this list. */
export const SETTINGS = {
  ANDON_DATA: "folder for everything that is stored (./data)",
  ANDON_ORG: "name of the organisation, the widest scope of policies and budgets (org)",
  ANDON_ZONE: "IANA time zone of its days, hours and freezes (America/Sao_Paulo)",
  ANDON_HOST: "address to listen on (127.0.0.1)",
  ANDON_PORT: "console, API and telemetry (4400)",
  ANDON_OTLP_PORT: "second port for OTLP/HTTP (4318); `off` for none",
  ANDON_BEHIND_PROXY: "`yes` when a proxy in front terminates TLS; needed, or TLS, to listen beyond this machine",
  ANDON_TLS_CERT: "PEM file with the certificate chain",
  ANDON_TLS_KEY: "PEM file with its key",
  ANDON_CAPTURE: "`metadata` keeps sizes of prompts and results, `sealed` keeps them encrypted (metadata)",
  ANDON_HOOK_OPEN:
    "what agents' hooks let go on while nothing can be decided, of read, write, execute, network, install, delegate, other, prompt, model (read prompt model)",
  ANDON_HOOK_APPROVAL:
    "when a hook needs an approval: `deny` until an approver gives it, or `ask` the person at the keyboard where the vendor can (deny)",
  NATS_URL: "servers of an own NATS cluster, comma-separated (a local server is started otherwise)",
  NATS_CREDS: "credentials file for that cluster",
  NATS_SIGNING_KEY: "file with the account signing key that issues agents' credentials",
  NATS_OPERATOR_KEY: "file with the operator key: lets a revocation reach the cluster",
  NATS_SYSTEM_CREDS: "credentials file of the system account, for the same",
  EVENTSTORE_URL: "connection string of EventStoreDB or KurrentDB (SQLite otherwise)",
  CLICKHOUSE_URL: "ClickHouse over HTTP (in process otherwise)",
  CLICKHOUSE_USER: "its user (default)",
  CLICKHOUSE_PASSWORD: "its password",
  CLICKHOUSE_DATABASE: "its database (andon)",
  CLICKHOUSE_CLUSTER: "name for ON CLUSTER, when it has several nodes",
} as const;

type Environment = Readonly<Partial<Record<keyof typeof SETTINGS, string | undefined>>>;

export interface Flags {
  /** false: the API alone. */
  readonly console?: boolean;
  readonly data?: string | undefined;
  readonly port?: string | undefined;
}

/** @throws Error with a sentence for the user when settings contradict each other or cannot be read */
export function readConfig(env: Environment, flags: Flags = {}): Config {
  const host = env.ANDON_HOST ?? "127.0.0.1";
  const behindProxy = env.ANDON_BEHIND_PROXY === "yes";
  const tls = tlsOf(env);
  if (!isLoopback(host) && !tls && !behindProxy) {
    throw new Error(
      `ANDON_HOST=${host} would be reachable from other machines without encryption. ` +
        "Set ANDON_TLS_CERT and ANDON_TLS_KEY, or ANDON_BEHIND_PROXY=yes when a proxy in front terminates TLS.",
    );
  }
  const capture = env.ANDON_CAPTURE ?? "metadata";
  if (capture !== "metadata" && capture !== "sealed") throw new Error(`ANDON_CAPTURE is "metadata" or "sealed", not "${capture}".`);
  return {
    org: orgOf(env),
    data: resolve(flags.data ?? env.ANDON_DATA ?? "data"),
    host,
    port: portOf("--port or ANDON_PORT", flags.port ?? env.ANDON_PORT ?? "4400"),
    otlpPort: env.ANDON_OTLP_PORT === "off" ? null : portOf("ANDON_OTLP_PORT", env.ANDON_OTLP_PORT ?? "4318"),
    behindProxy,
    tls,
    capture,
    hooks: hooksOf(env),
    bus: env.NATS_URL
      ? {
          kind: "cluster",
          servers: env.NATS_URL.split(",").map((server) => server.trim()),
          credentials: env.NATS_CREDS ?? null,
          signingKey: env.NATS_SIGNING_KEY ?? null,
          operatorKey: env.NATS_OPERATOR_KEY ?? null,
          systemCredentials: env.NATS_SYSTEM_CREDS ?? null,
        }
      : { kind: "local" },
    store: env.EVENTSTORE_URL ? { kind: "eventstore", url: env.EVENTSTORE_URL } : { kind: "sqlite" },
    analytics: env.CLICKHOUSE_URL
      ? {
          kind: "server",
          url: env.CLICKHOUSE_URL,
          user: env.CLICKHOUSE_USER ?? "default",
          password: env.CLICKHOUSE_PASSWORD ?? "",
          database: env.CLICKHOUSE_DATABASE ?? "andon",
          cluster: env.CLICKHOUSE_CLUSTER ?? null,
        }
      : { kind: "chdb" },
  };
}

function orgOf({ ANDON_ORG: name = "org", ANDON_ZONE: zone = "America/Sao_Paulo" }: Environment): Config["org"] {
  if (!/^[^\p{Cc}]{1,256}$/u.test(name)) throw new Error("ANDON_ORG is a name of 1 to 256 characters.");
  if (!isZone(zone)) throw new Error(`ANDON_ZONE is the IANA name of a time zone, such as America/Sao_Paulo, not "${zone}".`);
  return { name, zone };
}

function hooksOf({ ANDON_HOOK_OPEN: open, ANDON_HOOK_APPROVAL: approval = "deny" }: Environment): Config["hooks"] {
  if (approval !== "deny" && approval !== "ask") throw new Error(`ANDON_HOOK_APPROVAL is "deny" or "ask", not "${approval}".`);
  const onFailure = open === undefined ? USUAL_FAILURE : onFailureWith(open.split(/[\s,]+/).filter(Boolean));
  if (!onFailure) throw new Error(`ANDON_HOOK_OPEN is made of ${Object.keys(USUAL_FAILURE).join(", ")}, not "${open}".`);
  return { approval, onFailure };
}

function tlsOf({ ANDON_TLS_CERT: cert, ANDON_TLS_KEY: key }: Environment): Config["tls"] {
  if (!cert && !key) return null;
  if (!cert || !key) throw new Error("ANDON_TLS_CERT and ANDON_TLS_KEY belong together: set both or none.");
  return { cert, key };
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is a port number from 0 to 65535, not "${text}".`);
  return port;
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
