import { open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { anyFreePort, freePort } from "./ports.ts";
import type { Revocations } from "./trust.ts";

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Where a local server keeps what. */
export const placesOf = (dir: string) => ({
  config: join(dir, "nats-server.conf"),
  pid: join(dir, "nats-server.pid"),
  log: join(dir, "nats-server.log"),
  port: join(dir, "port"),
  keys: join(dir, "keys"),
  storageKey: join(dir, "keys", "storage-key.conf"),
  revocations: join(dir, "keys", "revocations.json"),
  store: join(dir, "store"),
  streamKeys: join(dir, "keys", "streams"),
});

/** @param remembered file with the port of the last start: agents were told that one */
export async function choosePort(host: string, wanted: number | undefined, remembered: string): Promise<number> {
  if (wanted !== undefined && wanted !== 0) {
    const port = await freePort(host, wanted);
    if (port === null) throw new Error(`Port ${wanted} is taken by another program. Stop it, or choose another port for the bus.`);
    return port;
  }
  const before = Number.parseInt(await readFile(remembered, "utf8").catch(() => ""), 10);
  const port = (before > 0 ? await freePort(host, before) : null) ?? (await anyFreePort(host));
  if (port === null) throw new Error(`No free port on ${host}: the bus cannot listen.`);
  return port;
}

export async function readRevocations(path: string): Promise<Revocations> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Revocations;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${path} cannot be read: without it revoked credentials would work again. Put the file back from a backup.`);
  }
}

/** Old servers let the log grow for ever. */
export async function rotate(log: string): Promise<void> {
  const size = await stat(log).then(
    (file) => file.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rm(log, { force: true });
}

/** The last lines of a log; none when it cannot be read. */
export async function tailOf(log: string, lines: number): Promise<readonly string[]> {
  try {
    const file = await open(log, "r");
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      await file.read(bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString("utf8").trimEnd().split("\n").slice(-lines);
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}
