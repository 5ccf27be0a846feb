import type { ServerTrust } from "./trust.ts";

const MiB = 1024 * 1024;

export interface ServerSettings {
  readonly name: string;
  readonly listen: string;
  readonly store: string;
  /** File with the storage key, seen from the configuration file. */
  readonly storageKey: string;
  /** Servers before 2.10 do not know it and refuse to start with it. */
  readonly syncAlways: boolean;
  /** `MEMORY`: accounts come from this file alone. A folder: the server keeps newer versions that it is told of. */
  readonly accounts: "memory" | { readonly folder: string };
  readonly pidFile?: string;
  /** Otherwise it writes to standard error. */
  readonly logFile?: string;
  readonly monitor?: string;
}

/** The server's configuration file. Holds no secret: the storage key is in a file of its own that it includes. */
export function serverConfig(settings: ServerSettings, trust: ServerTrust): string {
  const { pidFile, logFile, monitor, accounts } = settings;
  return [
    `server_name: ${quote(settings.name)}`,
    `listen: ${quote(settings.listen)}`,
    ...(monitor ? [`http: ${quote(monitor)}`] : []),
    `max_payload: ${8 * MiB}`,
    ...(pidFile ? [`pid_file: ${quote(pidFile)}`] : []),
    ...(logFile ? [`log_file: ${quote(logFile)}`, `logfile_size_limit: ${10 * MiB}`] : []),
    `operator: ${quote(trust.operator)}`,
    `system_account: ${quote(trust.system.id)}`,
    accounts === "memory" ? "resolver: MEMORY" : `resolver: { type: full, dir: ${quote(accounts.folder)} }`,
    "resolver_preload: {",
    ...[trust.system, trust.platform, trust.agents].map(({ id, jwt }) => `  ${id}: ${quote(jwt)}`),
    "}",
    "jetstream: {",
    `  store_dir: ${quote(settings.store)}`,
    `  include ${quote(settings.storageKey).replaceAll('"', "'")}`,
    `  max_memory_store: ${256 * MiB}`,
    // Only an upper bound for the server as a whole; the stream has its own limit and refuses new messages at it.
    `  max_file_store: ${1024 * 1024 * MiB}`,
    // Acknowledged means on disk. Without it the server syncs every two minutes.
    ...(settings.syncAlways ? ["  sync_interval: always"] : []),
    "}",
    "",
  ].join("\n");
}

export const storageKeyConfig = (key: string): string => `key: ${quote(key)}\n`;

const quote = (text: string): string => JSON.stringify(text);
