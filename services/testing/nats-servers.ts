import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { findNatsServer, type NatsServerBinary } from "../kit/find-nats-server.ts";

const tools = join(import.meta.dirname, "..", "..", ".tools");
const quiet = { progress: () => {} };

/** The server that the platform would run here. */
export const newestServer = (): Promise<NatsServerBinary> => findNatsServer({ tools, ...quiet });

/** The oldest that is supported, as Debian 12 has it; null where this system offers a newer one or none. */
export async function oldestServer(): Promise<NatsServerBinary | null> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const withoutGo: string[] = [];
  for (const folder of folders) {
    const hasGo = await access(join(folder, "go"), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!hasGo) withoutGo.push(folder);
  }
  const env = { ...process.env, PATH: withoutGo.join(delimiter) };
  const found = await findNatsServer({ tools: join(tools, "oldest"), env, ...quiet }).catch(() => null);
  return found?.version.startsWith("2.9.") ? found : null;
}

export const exactly = ({ version }: NatsServerBinary): RegExp => new RegExp(`^${version.replaceAll(".", "\\.")}$`);
