import { join } from "node:path";
import { openClickHouse } from "../adapters/clickhouse/read-store.ts";
import { openNatsEventBus } from "../adapters/nats/event-bus.ts";
import { openSqliteEventStore } from "../adapters/sqlite/event-store.ts";
import { openSqliteKeyVault } from "../adapters/sqlite/key-vault.ts";
import { openSqlitePayloadStore } from "../adapters/sqlite/payload-store.ts";
import type { Config } from "../config.ts";
import type { DataFolder } from "../kit/data-folder.ts";
import { findNatsServer } from "../kit/find-nats-server.ts";
import type { DecisionDoor } from "../ports/decision-door.ts";
import type { EventBus } from "../ports/event-bus.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { LineBroadcast } from "../ports/line-broadcast.ts";
import type { PayloadStore } from "../ports/payload-store.ts";
import type { ReadStore } from "../ports/read-store.ts";
import type { Log } from "../telemetry.ts";

/** What the platform runs on. This folder is the only one that names adapters. */
export interface Engines {
  readonly store: EventStore;
  readonly bus: EventBus & { readonly decisions: DecisionDoor; readonly lines: LineBroadcast };
  readonly reads: ReadStore;
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
}

interface Opening {
  readonly root: string;
  readonly config: Config;
  readonly folder: DataFolder;
  readonly log: Log;
  /** One line per step that takes time. */
  readonly progress: (line: string) => void;
  /** Everything opened is handed to this stack, which closes it in the opposite order. */
  readonly stack: AsyncDisposableStack;
}

/** Opens all engines. The event store is first: it holds the lock that keeps a second process off the folder. */
export async function openEngines(opening: Opening): Promise<Engines> {
  const { folder, stack } = opening;
  const store = stack.use(await openStore(opening));
  const payloads = stack.use(await openSqlitePayloadStore({ file: folder.file("payloads.db") }));
  const vault = stack.use(await openSqliteKeyVault({ file: folder.file("vault.db"), masterKeyFile: folder.file("vault.key") }));
  const [reads, bus] = await Promise.all([openReads(opening), openBus(opening)]);
  stack.use(reads);
  stack.use(bus);
  return { store, bus, reads, payloads, vault };
}

export async function openStore({ config, folder }: Pick<Opening, "config" | "folder">): Promise<EventStore> {
  if (config.store.kind === "sqlite") return openSqliteEventStore({ file: folder.file("events.db") });
  // Loaded only where it is used: the driver costs memory and a quarter of a second.
  const { openEventStoreDb } = await import("../adapters/eventstore/event-store.ts");
  return openEventStoreDb({ connectionString: config.store.url });
}

export function openReads({ config, folder }: Pick<Opening, "config" | "folder">): Promise<ReadStore> {
  return openClickHouse(config.analytics.kind === "chdb" ? { kind: "chdb", path: folder.file("clickhouse") } : config.analytics);
}

async function openBus({ root, config, folder, log, progress }: Opening): Promise<Engines["bus"]> {
  const onTrouble = (message: string): void => log("warn", message, { part: "bus" });
  if (config.bus.kind === "cluster") return openNatsEventBus({ ...config.bus, onTrouble });
  const binary = await findNatsServer({ tools: join(root, ".tools"), progress });
  return openNatsEventBus({ kind: "local", binary, dir: folder.file("nats"), onTrouble });
}

/** Keys and configuration of a NATS server that runs on its own, stores in /data and is watched on port 8222. */
export async function makeBusKeys(folder: string) {
  const { writeOwnServer } = await import("../adapters/nats/own-server.ts");
  return writeOwnServer(folder, { listen: "0.0.0.0:4222", store: "/data", monitor: "127.0.0.1:8222" });
}
