import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyPair } from "@nats-io/nkeys";
import { type BusKeys, loadKeys, seedOf } from "./keys.ts";
import { privateFolder, writePrivate } from "./private-file.ts";
import { type ServerSettings, serverConfig, storageKeyConfig } from "./server-config.ts";
import { newUser, type ServerTrust, serverTrust } from "./trust.ts";

/** What to give the platform so that it can use the server. Paths of files that hold a secret each. */
export interface OwnServer {
  readonly config: string;
  readonly credentials: string;
  readonly signingKey: string;
  readonly operatorKey: string;
  readonly systemCredentials: string;
}

/**
 * Makes the keys and the configuration of a NATS server (2.10 or newer) that runs on its own, as in a container. Run again,
 * it keeps the keys and accounts and writes the other files anew.
 * @param settings where the server listens and stores; the configuration is read from `folder`
 */
export async function writeOwnServer(folder: string, settings: Pick<ServerSettings, "listen" | "store" | "monitor">): Promise<OwnServer> {
  await privateFolder(folder);
  const keys = await loadKeys(folder, settings.store);
  const files: OwnServer = {
    config: join(folder, "nats.conf"),
    credentials: join(folder, "platform.creds"),
    signingKey: join(folder, "account.nk"),
    operatorKey: join(folder, "operator.nk"),
    systemCredentials: join(folder, "system.creds"),
  };
  const whole: ServerSettings = {
    ...settings,
    name: `andon-${randomBytes(6).toString("hex")}`,
    storageKey: "./storage-key.conf",
    syncAlways: true,
    accounts: { folder: `${settings.store}/accounts` },
  };
  const credentialsOf = async (key: KeyPair) => (await newUser({ account: key.getPublicKey(), key }, "andon", {}, null)).credentials;
  await writePrivate(join(folder, "storage-key.conf"), storageKeyConfig(keys.storage));
  await writePrivate(files.config, serverConfig(whole, await firstTrust(join(folder, "accounts.json"), keys)));
  await writePrivate(files.credentials, await credentialsOf(keys.platform));
  await writePrivate(files.systemCredentials, await credentialsOf(keys.system));
  await writePrivate(files.operatorKey, `${seedOf(keys.operator)}\n`);
  await writePrivate(files.signingKey, `${seedOf(keys.agents)}\n${keys.agents.getPublicKey()}\n`);
  return files;
}

/**
 * The accounts as they were signed the first time. The server prefers the newest version it knows: signed again here, they
 * would take back the revocations that it was told of since.
 */
async function firstTrust(file: string, keys: BusKeys): Promise<ServerTrust> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as ServerTrust;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const trust = await serverTrust(keys, {});
    await writePrivate(file, `${JSON.stringify(trust, null, 2)}\n`);
    return trust;
  }
}
