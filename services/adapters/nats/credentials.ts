import { setTimeout as sleep } from "node:timers/promises";
import { type Account, decode, encodeAccount, parseCreds } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import type { BusCredential, Issued, Revoked } from "../../ports/event-bus.ts";
import type { LocalServer } from "./local-server.ts";
import { agentRights, inboxPrefix } from "./subjects.ts";
import { askSystem } from "./system.ts";
import { newUser, type Revocations, type Signer } from "./trust.ts";

/** Gives agents their credentials and takes them away. */
export interface CredentialOffice {
  issue(agentId: string, expires: string | null): Promise<Issued>;
  revoke(user: string): Promise<Revoked>;
}

export async function agentCredential(
  signer: Signer,
  agentId: string,
  expires: string | null,
  servers: readonly string[],
): Promise<BusCredential> {
  const { user, credentials } = await newUser(signer, agentId, agentRights(agentId), expires);
  return { user, credentials, servers, publish: `andon.events.${agentId}.<family>`, inboxPrefix: inboxPrefix(agentId) };
}

/** For the server that this platform runs itself: it holds every key. */
export function localOffice(server: LocalServer): CredentialOffice {
  const { keys } = server;
  const account = keys.agents.getPublicKey();
  return {
    async issue(agentId, expires) {
      const signer = { account, key: keys.agents };
      return { kind: "issued", credential: await agentCredential(signer, agentId, expires, [server.url]) };
    },
    async revoke(user) {
      if (user in server.revocations) return { kind: "revoked" };
      const jwt = await server.saveRevocations((revoked) => withUser(revoked, user));
      const { credentials } = await newUser({ account: keys.system.getPublicKey(), key: keys.system }, "andon", {}, inAMinute());
      const told = await askSystem([server.url], credentials, `$SYS.REQ.ACCOUNT.${account}.CLAIMS.UPDATE`, jwt);
      if (told.kind === "answered") return { kind: "revoked" };
      return {
        kind: "unavailable",
        reason: `the revocation is saved and holds from the server's next start; now it could not be told: ${told.reason}`,
      };
    },
  };
}

export interface ClusterKeys {
  readonly servers: readonly string[];
  /** Signs for the account in which the agents live. */
  readonly signer: Signer | null;
  readonly operatorKey: KeyPair | null;
  /** Text of a credentials file of the system account. */
  readonly systemCredentials: string | null;
}

/** For a cluster that others run: what is possible depends on the keys the platform was given. */
export function clusterOffice(keys: ClusterKeys): CredentialOffice {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async issue(agentId, expires) {
      if (!keys.signer) {
        const reason =
          "agents cannot get NATS credentials: the platform has no signing key for an account of this cluster. Make one with " +
          "`nsc edit account --sk generate`, and give its seed file as NATS_SIGNING_KEY, together with NATS_CREDS.";
        return { kind: "unavailable", reason };
      }
      return { kind: "issued", credential: await agentCredential(keys.signer, agentId, expires, keys.servers) };
    },
    revoke(user) {
      const mine = turn.then(() => revokeInCluster(user, keys));
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

async function revokeInCluster(user: string, keys: ClusterKeys): Promise<Revoked> {
  const { signer, operatorKey, systemCredentials, servers } = keys;
  if (!signer || !operatorKey || !systemCredentials) {
    const reason =
      "the platform may not change the cluster's account. Run `nsc revocations add-user --user-public-key " +
      `${user}\` and \`nsc push\`, or give the platform the operator's signing key and credentials of the system account.`;
    return { kind: "unavailable", reason };
  }
  const subject = `$SYS.REQ.ACCOUNT.${signer.account}.CLAIMS`;
  // Another process may change the account at the same moment: look again, and say it again if need be.
  for (let tries = 0; tries < 5; tries++) {
    const found = await askSystem(servers, systemCredentials, `${subject}.LOOKUP`, "");
    if (found.kind === "failed") return { kind: "unavailable", reason: found.reason };
    const { name, nats, iat } = decode<Account>(found.text);
    if (nats.revocations && user in nats.revocations) return { kind: "revoked" };
    await afterSecond(iat);
    const claims = { ...nats, revocations: withUser(nats.revocations ?? {}, user) };
    const jwt = await encodeAccount(name, signer.account, claims, { signer: operatorKey });
    const told = await askSystem(servers, systemCredentials, `${subject}.UPDATE`, jwt);
    if (told.kind === "failed") return { kind: "unavailable", reason: told.reason };
  }
  return { kind: "unavailable", reason: "the cluster's account is changed by somebody else all the time; try again" };
}

/** Servers keep the newer of two versions of an account and tell them apart by the second: ours must be in a later one. */
async function afterSecond(second: number): Promise<void> {
  const wait = (second + 1) * 1000 - Date.now();
  if (wait > 0 && wait <= 1000) await sleep(wait);
}

/** The account in whose name the holder of these credentials speaks. */
export async function accountOf(credentials: string): Promise<string> {
  const { uc } = await parseCreds(Buffer.from(credentials, "utf8"));
  return uc.nats.issuer_account ?? uc.iss;
}

/** A user key is used once, so "until in an hour" means for ever, whatever the clocks of the servers say. */
const withUser = (revoked: Revocations, user: string): Revocations => ({ ...revoked, [user]: Math.floor(Date.now() / 1000) + 3600 });

const inAMinute = (): string => new Date(Date.now() + 60_000).toISOString();
