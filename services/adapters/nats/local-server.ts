import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type BusKeys, loadKeys } from "./keys.ts";
import { choosePort, placesOf, readRevocations, rotate, tailOf } from "./local-files.ts";
import { greet } from "./ports.ts";
import { privateFolder, writePrivate } from "./private-file.ts";
import { type ServerProcess, startServer, stopStale } from "./process.ts";
import { serverConfig, storageKeyConfig } from "./server-config.ts";
import { StreamKeyGuard } from "./stream-keys.ts";
import { agentsJwt, type Revocations, type ServerTrust, serverTrust } from "./trust.ts";
import { atLeast } from "./version.ts";

const HOST = "127.0.0.1";
const READY_MS = 120_000;
const STEADY_MS = 30_000;

export interface LocalServerOptions {
  readonly binary: { readonly path: string; readonly version: string };
  /** Everything of the server: configuration, keys, log, stored messages. */
  readonly dir: string;
  /** Given, it must be free. Otherwise the port of the last start, or any free one. */
  readonly port?: number | undefined;
  readonly onTrouble?: ((message: string) => void) | undefined;
}

/** A nats-server of our own: started, watched, started again when it dies, stopped with us. */
export class LocalServer implements AsyncDisposable {
  readonly keys: BusKeys;
  readonly url: string;
  readonly version: string;
  restarts = 0;
  readonly #options: LocalServerOptions;
  readonly #port: number;
  readonly #name: string;
  readonly #keyGuard: StreamKeyGuard | null;
  readonly #stopping = new AbortController();
  #revoked: Revocations;
  #trust: ServerTrust | null = null;
  #running: ServerProcess | null = null;
  #supervision: Promise<void> = Promise.resolve();
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(options: LocalServerOptions, keys: BusKeys, port: number, revoked: Revocations) {
    this.#options = options;
    this.keys = keys;
    this.#port = port;
    this.#revoked = revoked;
    this.#name = `andon-${randomBytes(6).toString("hex")}`;
    this.version = options.binary.version;
    const { store, streamKeys } = placesOf(options.dir);
    this.#keyGuard = atLeast(this.version, "2.10.0") ? null : new StreamKeyGuard(store, streamKeys);
    this.url = `nats://${HOST}:${port}`;
  }

  /** @throws Error with a sentence for the user when the server cannot run */
  static async start(options: LocalServerOptions): Promise<LocalServer> {
    const places = placesOf(options.dir);
    await privateFolder(options.dir);
    await privateFolder(places.keys);
    if (await stopStale(places.pid, places.config)) {
      options.onTrouble?.("a nats-server that an earlier run left behind was stopped");
    }
    const keys = await loadKeys(places.keys, places.store);
    const port = await choosePort(HOST, options.port, places.port);
    const server = new LocalServer(options, keys, port, await readRevocations(places.revocations));
    await writePrivate(places.port, `${port}\n`);
    await writePrivate(places.storageKey, storageKeyConfig(keys.storage));
    await rotate(places.log);
    await server.#writeConfig();
    server.#running = await server.#launch();
    try {
      await server.#ready(server.#running);
    } catch (error) {
      server.#stopping.abort();
      await server.#running.stop();
      throw error;
    }
    server.#supervision = server.#supervise(server.#running);
    return server;
  }

  get running(): boolean {
    return this.#running !== null;
  }

  get revocations(): Revocations {
    return this.#revoked;
  }

  /**
   * Resolves once the change survives a restart, with the agents' account as it is now. Telling it to the running server is
   * the caller's part.
   */
  async saveRevocations(change: (revoked: Revocations) => Revocations): Promise<string> {
    const turn = this.#writing.then(async () => {
      this.#revoked = change(this.#revoked);
      await writePrivate(placesOf(this.#options.dir).revocations, `${JSON.stringify(this.#revoked, null, 2)}\n`);
      const jwt = await agentsJwt(this.keys, this.#revoked);
      const trust = await this.#signed();
      this.#trust = { ...trust, agents: { ...trust.agents, jwt } };
      await this.#writeConfig();
      return jwt;
    });
    this.#writing = turn.catch(() => {});
    return turn;
  }

  /** The newest lines of the server's log. */
  logTail(lines: number): Promise<readonly string[]> {
    return tailOf(placesOf(this.#options.dir).log, lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#supervision;
    await rm(placesOf(this.#options.dir).pid, { force: true });
  }

  async #launch(): Promise<ServerProcess> {
    await this.#keyGuard?.beforeStart();
    return startServer(this.#options.binary.path, placesOf(this.#options.dir).config);
  }

  async #supervise(first: ServerProcess): Promise<void> {
    let server = first;
    let startedAt = Date.now();
    let failures = 0;
    for (;;) {
      const { code, signal } = await server.exited;
      this.#running = null;
      if (this.#stopping.signal.aborted) return;
      failures = Date.now() - startedAt > STEADY_MS ? 1 : failures + 1;
      const why = signal ? `by ${signal}` : `with code ${code}`;
      this.#options.onTrouble?.(`nats-server ended ${why} and is started again; ${server.complaint() || "its log is nats-server.log"}`);
      try {
        await sleep(Math.min(5_000, 50 * 2 ** Math.min(failures - 1, 7)), undefined, { signal: this.#stopping.signal });
      } catch {
        return;
      }
      this.restarts++;
      startedAt = Date.now();
      server = await this.#launch();
      if (this.#stopping.signal.aborted) return server.stop();
      this.#running = server;
      this.#ready(server).catch(() => {});
    }
  }

  async #ready(server: ServerProcess): Promise<void> {
    const deadline = Date.now() + READY_MS;
    let ended = false;
    void server.exited.then(() => {
      ended = true;
    });
    while (Date.now() < deadline) {
      const info = await greet(HOST, this.#port, 1_000);
      if (info?.server_name === this.#name && info.jetstream) {
        await this.#keyGuard?.started();
        return;
      }
      if (ended) throw new Error(`nats-server (${this.#options.binary.path}) does not start: ${await this.#lastWords(server)}`);
      await sleep(15);
    }
    throw new Error(`nats-server did not become ready within ${READY_MS / 1000} s: ${await this.#lastWords(server)}`);
  }

  async #lastWords(server: ServerProcess): Promise<string> {
    return server.complaint() || (await this.logTail(3)).join(" / ") || "it wrote nothing; try to run it by hand";
  }

  async #writeConfig(): Promise<void> {
    const { store, config, pid, log } = placesOf(this.#options.dir);
    const settings = {
      name: this.#name,
      listen: `${HOST}:${this.#port}`,
      store,
      storageKey: "./keys/storage-key.conf",
      syncAlways: atLeast(this.version, "2.10.0"),
      accounts: "memory" as const,
      pidFile: pid,
      logFile: log,
    };
    await writePrivate(config, serverConfig(settings, await this.#signed()));
  }

  async #signed(): Promise<ServerTrust> {
    this.#trust ??= await serverTrust(this.keys, this.#revoked);
    return this.#trust;
  }
}
