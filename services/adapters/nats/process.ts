import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const GRACE_MS = 10_000;

export interface ServerProcess {
  readonly pid: number;
  /** What it wrote before its log file was open: complaints about the configuration. */
  readonly complaint: () => string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stop(): Promise<void>;
}

/**
 * Runs the server in a process group of its own, so that Ctrl-C reaches it only through us. A watcher holds a pipe to us
 * and stops the server when the pipe breaks: killing this process, even with -9, leaves no server behind.
 */
export function startServer(binary: string, config: string): ServerProcess {
  const child = spawn(binary, ["-c", config], { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-4096);
  });
  const watcher = child.pid === undefined ? null : watch(child.pid);
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("error", (error) => {
      complaint += error.message;
      resolve({ code: null, signal: null });
    });
    child.once("exit", (code, signal) => {
      watcher?.stdin?.end("done\n");
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid ?? -1,
    complaint: () => complaint.trim(),
    exited,
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function watch(pid: number): ChildProcess {
  const script = 'read _ || kill -TERM "$1" 2>/dev/null';
  const watcher = spawn("sh", ["-c", script, "andon-bus-watcher", String(pid)], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // Without a shell there is no watcher; the pid file still finds the server on the next start.
  watcher.on("error", () => {});
  watcher.stdin?.on("error", () => {});
  return watcher;
}

/** Stops a server that an earlier run of this folder left behind. It must really be ours: pids are used again. */
export async function stopStale(pidFile: string, config: string): Promise<boolean> {
  const text = await readFile(pidFile, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  if (!(pid > 1) || !(await commandOf(pid)).includes(config)) return false;
  signal(pid, "SIGTERM");
  const deadline = Date.now() + GRACE_MS;
  // Its command line, not its pid: a process that has ended but that nobody collects keeps its pid.
  while ((await commandOf(pid)).includes(config)) {
    if (Date.now() > deadline) signal(pid, "SIGKILL");
    await sleep(20);
  }
  await rm(pidFile, { force: true });
  return true;
}

async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
  } catch {
    // Not Linux, or no such process: ps knows both.
    return run("ps", ["-p", String(pid), "-o", "command="]).then(
      ({ stdout }) => stdout,
      () => "",
    );
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
