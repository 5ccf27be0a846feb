import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { openNatsEventBus } from "../adapters/nats/event-bus.ts";
import { loadKeys } from "../adapters/nats/keys.ts";
import { type OwnServer, writeOwnServer } from "../adapters/nats/own-server.ts";
import { anyFreePort, greet } from "../adapters/nats/ports.ts";
import { startServer } from "../adapters/nats/process.ts";
import { newUser } from "../adapters/nats/trust.ts";
import type { NatsServerBinary } from "../kit/find-nats-server.ts";
import type { EventBus } from "../ports/event-bus.ts";
import { type OpenedBus, tuning } from "./contracts/event-bus.opened.ts";

/** The bus with a server of its own, in a folder that is removed afterwards. */
export async function openLocal(binary: NatsServerBinary): Promise<OpenedBus & { readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "andon-bus-"));
  const bus = await openNatsEventBus({ kind: "local", binary, dir, tuning });
  const url = `nats://127.0.0.1:${(await readFile(join(dir, "port"), "utf8")).trim()}`;
  const platform = async (): Promise<string> => {
    const keys = await loadKeys(join(dir, "keys"), join(dir, "store"));
    return (await newUser({ account: keys.platform.getPublicKey(), key: keys.platform }, "test", {}, null)).credentials;
  };
  const others: EventBus[] = [];
  return {
    bus,
    dir,
    async another() {
      const credentials = join(dir, "another.creds");
      await writeFile(credentials, await platform());
      const other = await openNatsEventBus({ kind: "cluster", servers: [url], credentials, signingKey: null, tuning });
      others.push(other);
      return other;
    },
    killServer: async () => killNow(Number(await readFile(join(dir, "nats-server.pid"), "utf8"))),
    dropStream: async () => dropStream(url, await platform()),
    async [Symbol.asyncDispose]() {
      for (const other of others) await other[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The bus on a server that someone else runs, as in a cluster: keys and configuration as `andon bus-keys` makes them. */
export async function openCluster(binary: NatsServerBinary): Promise<OpenedBus & { readonly files: OwnServer; readonly url: string }> {
  const dir = await mkdtemp(join(tmpdir(), "andon-cluster-"));
  const port = (await anyFreePort("127.0.0.1")) as number;
  const files = await writeOwnServer(dir, { listen: `127.0.0.1:${port}`, store: join(dir, "store") });
  const url = `nats://127.0.0.1:${port}`;
  const run = () => startServer(binary.path, files.config);
  let server = run();
  while (!(await greet("127.0.0.1", port, 500))?.jetstream) await new Promise((resolve) => setTimeout(resolve, 20));
  const others: EventBus[] = [];
  const another = async () => {
    const other = await openNatsEventBus({ kind: "cluster", servers: [url], ...files, tuning });
    others.push(other);
    return other;
  };
  return {
    bus: await another(),
    files,
    url,
    another,
    async killServer() {
      killNow(server.pid);
      await server.exited;
      // Somebody's service manager does this.
      server = run();
    },
    dropStream: async () => dropStream(url, await readFile(files.credentials, "utf8")),
    async [Symbol.asyncDispose]() {
      for (const other of others) await other[Symbol.asyncDispose]();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function killNow(pid: number): void {
  process.kill(pid, "SIGKILL");
}

async function dropStream(url: string, credentials: string): Promise<void> {
  const nc = await connect({ servers: [url], authenticator: credsAuthenticator(Buffer.from(credentials)) });
  await (await jetstreamManager(nc)).streams.delete("ANDON_EVENTS");
  await nc.close();
}
