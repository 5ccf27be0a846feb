import { spawn } from "node:child_process";

const KEPT = 200_000;

export interface Outcome {
  readonly code: number;
  /** Standard output and error as they came, the last part of them. */
  readonly output: string;
}

/** Runs a program to its end and answers how it went. */
export function attempt(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-KEPT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program that has to succeed.
 * @throws Error with the end of its output when it does not
 */
export async function run(command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, output } = await attempt(command, args, cwd, env);
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(" ")} ended with ${code}:\n${output.slice(-4000)}`);
  return output;
}
