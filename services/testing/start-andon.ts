import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "services", "main.ts");
const READY_WITHIN_MS = 120_000;

/** The real platform as a process of its own, started and stopped as an operator would. */
export interface Andon extends AsyncDisposable {
  readonly data: string;
  readonly url: string;
  readonly token: string;
  /** GET as the administrator; throws unless the answer is 2xx. */
  get<Answer>(path: string): Promise<Answer>;
  /** Runs a command of the command line on this data folder and answers its output. */
  cli(...args: string[]): Promise<string>;
  addAgent(name: string, team: string, feature?: string): Promise<{ id: string; key: string }>;
  /** kill -9 of the whole process, then nothing. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** After `kill` or `stop`: the same data folder again. */
  restart(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts on a new data folder, removed at the end. */
export async function startAndon(env: Record<string, string> = {}): Promise<Andon> {
  const data = await mkdtemp(join(tmpdir(), "andon-test-"));
  const port = await freePort();
  const settings = { ...process.env, ANDON_OTLP_PORT: "off", ...env };
  let child = await start(data, port, settings);
  let exited = once(child);
  const url = `http://127.0.0.1:${port}`;
  const token = (await readFile(join(data, "admin.token"), "utf8")).trim();
  const execute = promisify(execFile);

  const andon: Andon = {
    data,
    url,
    token,
    async get<Answer>(path: string) {
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Answer;
    },
    async cli(...args) {
      const { stdout } = await execute(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args, "--data", data], {
        env: settings,
      });
      return stdout;
    },
    async addAgent(name, team, feature) {
      const flags = feature === undefined ? [] : ["--feature", feature];
      const secret = JSON.parse(await andon.cli("agents", "add", name, "--team", team, ...flags, "--json")) as {
        agent: { id: string };
        key: string;
      };
      return { id: secret.agent.id, key: secret.key };
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
    async restart() {
      child = await start(data, port, settings);
      exited = once(child);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
        await exited;
        clearTimeout(late);
      }
      await rm(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return andon;
}

function once(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

function start(data: string, port: number, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "up", "--no-console", "--data", data, "--port", String(port)],
    {
      cwd: root,
      env,
    },
  );
  return new Promise((resolve, reject) => {
    let output = "";
    const late = setTimeout(() => fail("it was not ready in time"), READY_WITHIN_MS);
    const fail = (why: string): void => {
      clearTimeout(late);
      child.kill("SIGKILL");
      reject(new Error(`andon up: ${why}\n${output.slice(-4000)}`));
    };
    const read = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (!/^ready /m.test(output)) return;
      clearTimeout(late);
      child.stdout.off("data", read);
      child.stdout.resume();
      resolve(child);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    });
    child.once("exit", (code) => fail(`it ended with ${code}`));
  });
}

/** Asks again until the answer is right; the last answer is the error. */
export async function eventually<T>(ask: () => Promise<T>, right: (answer: T) => boolean, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not as expected after ${withinMs} ms: ${JSON.stringify(answer).slice(0, 3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
