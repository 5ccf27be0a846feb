import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of an answer: what says more is wrong. */
export const ANSWER_BYTES = 256 * 1024;
/** What a process that has ended may still have in its pipe comes within this time, unless something escaped with the pipe. */
const DRAIN_MS = 500;

export interface Asked {
  readonly input: string;
  readonly timeLimitMs: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

export type Answered =
  | { readonly kind: "answer"; readonly text: string }
  /** The candidate failed the case: it took too long, said too much, crashed or was not text. */
  | { readonly kind: "no_answer" }
  /** There is no candidate to be judged. */
  | { readonly kind: "unreachable" };

const NO_ANSWER: Answered = { kind: "no_answer" };
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The text of an answer's bytes; bytes that are not UTF-8 are no answer. */
export function answerOf(bytes: Uint8Array): Answered {
  try {
    return { kind: "answer", text: utf8.decode(bytes) };
  } catch {
    return NO_ANSWER;
  }
}

/**
 * Asks a command: input on stdin, answer on stdout, exit code 0. It starts without a shell, with PATH as its whole
 * environment, in an empty folder of its own that is removed afterwards, and its whole process group is killed at the end.
 * What it says on stderr is not read.
 */
export async function askProcess([file = "", ...args]: readonly string[], asked: Asked): Promise<Answered> {
  const cwd = await mkdtemp(join(tmpdir(), "andon-holdback-"));
  try {
    return await inGroup(file, args, cwd, asked);
  } finally {
    await rm(cwd, { recursive: true, force: true, maxRetries: 3 });
  }
}

function inGroup(file: string, args: readonly string[], cwd: string, { input, timeLimitMs, signal }: Asked): Promise<Answered> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"] ?? "" };
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "ignore"] });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // Nobody of the group is left.
      }
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    let failed = signal.aborted;
    const giveUp = (): void => {
      failed = true;
      kill();
    };
    const late = setTimeout(giveUp, timeLimitMs);
    signal.addEventListener("abort", giveUp, { once: true });
    let drained: NodeJS.Timeout | undefined;
    const end = (answered: Answered): void => {
      clearTimeout(late);
      clearTimeout(drained);
      signal.removeEventListener("abort", giveUp);
      kill();
      resolve(answered);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES) giveUp();
      else chunks.push(chunk);
    });
    // Whoever does not read all of its input has said enough with its answer.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", () => end({ kind: "unreachable" }));
    child.once("exit", () => {
      kill();
      drained = setTimeout(() => {
        failed = true;
        child.stdout.destroy();
      }, DRAIN_MS);
    });
    child.once("close", (code) => end(failed || code !== 0 ? NO_ANSWER : answerOf(Buffer.concat(chunks))));
    if (failed) kill();
  });
}
