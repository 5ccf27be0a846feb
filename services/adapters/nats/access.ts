import { readFile } from "node:fs/promises";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import type { KeyPair } from "@nats-io/nkeys";
import { connect } from "@nats-io/transport-node";
import { accountOf, type CredentialOffice, clusterOffice, localOffice } from "./credentials.ts";
import { keyOf } from "./keys.ts";
import type { LocalServer } from "./local-server.ts";
import { newUser, type Signer } from "./trust.ts";

/** Paths are files that hold a secret: a credentials file, or the seed of a key. */
export interface ClusterBus {
  readonly kind: "cluster";
  readonly servers: readonly string[];
  /** The platform's own credentials; its account keeps the stream. */
  readonly credentials: string | null;
  /**
   * Seed of the key that signs agents' credentials. A second line names the account it signs for; without it, that is the
   * platform's own account.
   */
  readonly signingKey: string | null;
  /** With both of these the platform can revoke credentials in the cluster itself. */
  readonly operatorKey?: string | null;
  readonly systemCredentials?: string | null;
  readonly replicas?: number;
}

/** Two doors to the same servers: the stream's side, and the side where the agents are. */
export interface Access {
  readonly stream: NatsConnection;
  readonly agents: NatsConnection;
  readonly office: CredentialOffice;
  readonly warnings: readonly string[];
}

/** The platform among its agents: it may be asked and may tell, but never speak as an agent. */
const AMONG_AGENTS = { pub: { deny: ["andon.events.>", "andon.decide.>"] }, sub: { allow: ["andon.decide.*"] } };

export async function localAccess(server: LocalServer): Promise<Access> {
  const { platform, agents } = server.keys;
  const own = await newUser({ account: platform.getPublicKey(), key: platform }, "andon", {}, null);
  const signer = { account: agents.getPublicKey(), key: agents };
  return { ...(await dialBoth([server.url], own.credentials, signer)), office: localOffice(server), warnings: [] };
}

export async function clusterAccess(config: ClusterBus): Promise<Access> {
  const text = (path: string | null | undefined) => (path ? readFile(path, "utf8") : null);
  const credentials = await text(config.credentials);
  const operatorKey = await text(config.operatorKey);
  const platform = credentials ? await accountOf(credentials) : null;
  const signer = signerIn(await text(config.signingKey), platform);
  const apart = signer !== null && signer.account !== platform;
  const office = clusterOffice({
    servers: config.servers,
    signer,
    operatorKey: operatorKey ? keyOf(operatorKey) : null,
    systemCredentials: await text(config.systemCredentials),
  });
  const shared =
    "agents share the platform's account on this cluster: with a crafted reply subject an agent can disturb the stream. " +
    "Give them an account of their own that imports the service `andon.events.*.*` (see `andon bus-keys`)";
  const warnings = signer && !apart ? [shared] : [];
  return { ...(await dialBoth(config.servers, credentials, apart ? signer : null)), office, warnings };
}

function signerIn(file: string | null, platform: string | null): Signer | null {
  if (!file) return null;
  const [seed = "", named = ""] = file.trim().split(/\s+/);
  const key: KeyPair = keyOf(seed);
  const account = named || platform;
  return account ? { account, key } : null;
}

async function dialBoth(
  servers: readonly string[],
  credentials: string | null,
  apart: Signer | null,
): Promise<{ stream: NatsConnection; agents: NatsConnection }> {
  const stream = await dial(servers, credentials);
  if (!apart) return { stream, agents: stream };
  try {
    const among = await newUser(apart, "andon", AMONG_AGENTS, null);
    return { stream, agents: await dial(servers, among.credentials) };
  } catch (error) {
    await stream.close();
    throw error;
  }
}

async function dial(servers: readonly string[], credentials: string | null): Promise<NatsConnection> {
  try {
    return await connect({
      servers: [...servers],
      name: "andon",
      ...(credentials && { authenticator: credsAuthenticator(Buffer.from(credentials, "utf8")) }),
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 50,
      reconnectJitter: 50,
      reconnectJitterTLS: 200,
      pingInterval: 20_000,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    throw new Error(`The bus at ${servers.join(", ")} cannot be reached: ${why}. Check the address and the credentials.`);
  }
}
